/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Manifest rewriters: manifest text in, manifest text out, every link minted by the host. No state, no I/O.
 */
#ifndef SLUICE_ABI_MANIFEST_H_
#define SLUICE_ABI_MANIFEST_H_

#include <sluice/abi/base.h>
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
} sluice_manifest_probe;

typedef struct sluice_manifest {
  uint32_t struct_size;
  uint32_t reserved;       /* 0 */
  sluice_str text;         /* the whole body, as it came; not checked to be UTF-8 */
  sluice_str base_url;     /* where it was finally retrieved from, after redirects (RFC 3986 section 5.1.3) */
  sluice_str content_type; /* as the upstream sent it */
} sluice_manifest;

typedef struct sluice_rewritten_manifest {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
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

/** All functions are required and [worker]. */
typedef struct sluice_manifest_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** Non-zero: this is a manifest of the rewriter's format. Cheap: asked for every response of a pipeline. */
  uint32_t (*accepts)(void* self, const sluice_manifest_probe* probe);
  /** SLUICE_UPSTREAM_FAILED: the text is no manifest of this format. */
  sluice_status (*rewrite)(void* self, const sluice_call* call, const sluice_manifest* manifest,
                           sluice_link_minter links, sluice_rewritten_manifest_sink out, sluice_error* error);
} sluice_manifest_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_MANIFEST_H_ */
