/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Manifest rewriters: manifest text in, manifest text out, every link minted by the host. What a rewriter needs besides
 * the text is fetched by the host too.
 */
#ifndef SLUICE_ABI_MANIFEST_H_
#define SLUICE_ABI_MANIFEST_H_

#include <sluice/abi/base.h>
#include <sluice/abi/http.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_MANIFEST_KIND "sluice.manifest/1"

/** What is known of a response before its body is read whole. */
typedef struct sluice_manifest_probe {
  uint32_t struct_size;
  uint32_t reserved;       /* 0 */
  sluice_str content_type; /* as the upstream sent it, parameters included; may be empty */
  sluice_str url;          /* where it was finally retrieved from */
  sluice_str first_bytes;  /* up to 512 octets of the body, of any encoding */
  sluice_str note;         /* of the link that led here, as in sluice_manifest; else empty */
} sluice_manifest_probe;

/** A RepresentationID and a bandwidth (bits a second) that belong together. Element of an array. */
typedef struct sluice_template_variant {
  sluice_str representation_id;
  uint64_t bandwidth;
} sluice_template_variant;

/** What a link is asked for, where `sluice_link_minter.proxied` does not say enough. */
typedef struct sluice_link_order {
  uint32_t struct_size;
  sluice_link_kind kind;
  sluice_str url;       /* absolute; with is_template a URL template (ISO/IEC 23009-1 section 5.3.9.4.4) */
  sluice_str note;      /* 0 to 2048 bytes, encrypted in the link; comes back as `sluice_manifest.note` */
  sluice_str extension; /* that players expect at the end of the link's path: "m4s"; empty: the URL's, or by kind */
  /**
   * Non-zero: the link is a URL template too, with the identifiers of `url`, each once and without width. It opens to
   * every URL that `url` stands for with decimal numbers and with the RepresentationID and bandwidth of one variant,
   * and to nothing else.
   */
  uint32_t is_template;
  uint32_t reserved;                       /* 0 */
  const sluice_template_variant* variants; /* for a template that uses RepresentationID or Bandwidth */
  size_t variant_count;                    /* 0 to 1024 */
} sluice_link_order;

/** A part of what a manifest refers to, which the rewriter must see to do its work. */
typedef struct sluice_reference {
  uint32_t struct_size;
  sluice_link_kind kind;
  sluice_str url;     /* absolute */
  uint64_t offset;    /* of the first octet wanted */
  uint64_t length;    /* in octets; 0: to the end */
  uint64_t max_bytes; /* a longer body is SLUICE_UPSTREAM_FAILED */
} sluice_reference;

/** What the host does for a rewriter while its `rewrite` runs. Every function takes `ctx` first. */
typedef struct sluice_manifest_host {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Puts a link, as `sluice_link_minter.proxied` does. SLUICE_INVALID_ARGUMENT: the order cannot be met. */
  sluice_status (*link)(void* ctx, const sluice_link_order* order, sluice_text_sink out, sluice_error* error);
  /**
   * Fetches as the link to `reference->url` would be fetched: asked of the same resolver, with its header fields, by
   * the same way out; within the deadline of `rewrite`. A status of HTTP is no error: 206 for a part, 200 where the
   * upstream sent the whole. SLUICE_PERMISSION_DENIED (resolver, address guard), SLUICE_UPSTREAM_FAILED, and so on.
   * Null: this host fetches nothing.
   */
  sluice_status (*fetch)(void* ctx, const sluice_reference* reference, sluice_http_response_sink out,
                         sluice_error* error);
} sluice_manifest_host;

typedef struct sluice_manifest {
  uint32_t struct_size;
  uint32_t reserved;       /* 0 */
  sluice_str text;         /* the whole body, as it came; not checked to be UTF-8 */
  sluice_str base_url;     /* where it was finally retrieved from, after redirects (RFC 3986 section 5.1.3) */
  sluice_str content_type; /* as the upstream sent it */
  sluice_str note;         /* of the link that led here, as a rewriter of this pipeline ordered it; else empty */
  const sluice_manifest_host* host; /* valid until `rewrite` returns; null: nothing of the kind */
} sluice_manifest;

typedef struct sluice_rewritten_manifest {
  uint32_t struct_size;
  /**
   * Non-zero: the same manifest (text, URL, type, note) with the same links comes out like this at any time. The host
   * may keep it then for whoever gets the same, unless something was fetched for it. 0: ask each time.
   */
  uint32_t stable;
  sluice_str text;
  sluice_str content_type; /* what the viewer is told */
} sluice_rewritten_manifest;

/** Takes one rewritten manifest, once. The receiver copies. */
typedef struct sluice_rewritten_manifest_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_rewritten_manifest* manifest);
} sluice_rewritten_manifest_sink;

/**
 * Makes links. Puts the URL under which the gateway serves `absolute_url` (resolved against the manifest's base,
 * otherwise as the manifest wrote it) into `out` before it returns. When nothing was put no link could be made: the
 * rewriter must fail, never let the original URL through.
 */
typedef struct sluice_link_minter {
  void* ctx;
  void (*proxied)(void* ctx, sluice_str absolute_url, sluice_link_kind kind, sluice_text_sink out);
} sluice_link_minter;

/** A request whose query may say more than its URL (delivery directives, a choice among copies), or the note of its
 * link. */
typedef struct sluice_followed {
  uint32_t struct_size;
  sluice_link_kind kind; /* of the link; SLUICE_LINK_DATA where `minted` is 0 */
  sluice_str url;        /* what would be fetched: http or https */
  sluice_str query;      /* of the viewer's request, without "?", as received; empty only with a note */
  sluice_str note;       /* of the link; else empty */
  uint32_t minted;   /* non-zero: the request came by a link; 0: a resolver made `url` of what the viewer asked for */
  uint32_t reserved; /* 0 */
} sluice_followed;

/** What to fetch for a request. */
typedef struct sluice_destination {
  uint32_t struct_size;
  uint32_t wait_ms; /* how long the answer may take to begin, should the fetch step allow less; 0: as it allows */
  sluice_str url;   /* absolute, http or https */
} sluice_destination;

/** Takes one destination, once. The receiver copies. */
typedef struct sluice_destination_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_destination* destination);
} sluice_destination_sink;

/** One thing that is wrong with a manifest. */
typedef struct sluice_manifest_finding {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  uint64_t line;     /* of the manifest, from 1; 0: not known */
  sluice_str rule;   /* what says so: "RFC 8216bis section 4.4.3.1" */
  sluice_str text;   /* what is wrong, and what is wanted: one line */
} sluice_manifest_finding;

/** Takes findings one by one. `put` answers non-zero when no more are wanted. The receiver copies. */
typedef struct sluice_manifest_finding_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, const sluice_manifest_finding* finding);
} sluice_manifest_finding_sink;

/** All functions are [worker], and required where nothing else is said. */
typedef struct sluice_manifest_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** Non-zero: this is a manifest of the rewriter's format. Cheap: asked for every response of a pipeline. */
  uint32_t (*accepts)(void* self, const sluice_manifest_probe* probe);
  /** SLUICE_UPSTREAM_FAILED: the text is no manifest of this format. */
  sluice_status (*rewrite)(void* self, const sluice_call* call, const sluice_manifest* manifest,
                           sluice_link_minter links, sluice_rewritten_manifest_sink out, sluice_error* error);
  /** May be null: the URL is taken as it is. What to fetch for a viewer's request that has a query, or whose link has a
   * note. Asked of every rewriter of the pipeline in turn, before a resolver is asked about a link and after it is
   * asked about anything else. SLUICE_NOT_FOUND, SLUICE_PERMISSION_DENIED: the query names something that is not there,
   * or not for this link. */
  sluice_status (*follow)(void* self, const sluice_call* call, const sluice_followed* followed,
                          sluice_destination_sink out, sluice_error* error);
  /** May be null: there is nothing to say. Puts what the rules of the format find wrong with the manifest, whether it
   * can be rewritten or not, in the order of its lines. `manifest->host` may be null. SLUICE_UPSTREAM_FAILED: the text
   * is no manifest of this format, and what it is instead. */
  sluice_status (*check)(void* self, const sluice_call* call, const sluice_manifest* manifest,
                         sluice_manifest_finding_sink out, sluice_error* error);
} sluice_manifest_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_MANIFEST_H_ */
