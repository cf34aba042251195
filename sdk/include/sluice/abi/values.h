/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Values that several interfaces share: principals, sources, request heads, links.
 *
 * A struct that is passed by pointer starts with `struct_size`, set by its writer to the size that the writer knows,
 * and may grow at its end. A struct that is an element of an array (`sluice_field`, `sluice_grant`, `sluice_file`)
 * never grows: a new field would come as a second array beside the first.
 */
#ifndef SLUICE_ABI_VALUES_H_
#define SLUICE_ABI_VALUES_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Wall-clock time: seconds since 1970-01-01T00:00:00Z. 0 means "none", "never" or "not known" where a field says so.
 */
typedef int64_t sluice_seconds;

/** A secret that an auth backend obtained for a principal. Element of an array. Never logged, never in a URL. */
typedef struct sluice_grant {
  sluice_str store;          /* component type of the store that takes the key: "torbox" */
  sluice_str key;            /* secret */
  sluice_str key_id;         /* names the key in usage records without showing it */
  sluice_seconds expires_at; /* 0: not known */
} sluice_grant;

/** Who is asking, and what they may do. */
typedef struct sluice_principal {
  uint32_t struct_size;
  uint32_t reserved;        /* 0 */
  sluice_str subject;       /* stable, not secret: "user:42"; appears in logs */
  const sluice_str* scopes; /* compared exactly: "play", "admin"; may be null when scope_count is 0 */
  size_t scope_count;
  sluice_seconds expires_at; /* 0: as long as the credential itself */
  const sluice_grant* grants;
  size_t grant_count;
  sluice_str session; /* id of the session that it came of; links made for it end with that; empty: none */
} sluice_principal;

/** For what a viewer's use of something is written down. */
typedef struct sluice_usage {
  uint32_t struct_size;
  uint32_t cached;    /* non-zero: the store had it at once */
  sluice_str backend; /* auth component that let the principal in; empty: the one of this request */
  sluice_str subject; /* of the principal; empty: the one of this request */
  sluice_str key_id;  /* of the grant that was used; may be empty */
  sluice_str action;  /* "stream-served" */
  sluice_str hash;    /* of what, 40 lower-case hex digits; may be empty */
  uint64_t bytes;     /* of what a redirect leads to; 0: not known. Of a source: not looked at, core counts */
} sluice_usage;

/** What core can fetch. */
typedef struct sluice_source {
  uint32_t struct_size;
  uint32_t ranges;             /* non-zero: the viewer's Range header is sent on */
  sluice_str url;              /* absolute: http, https, or file (a local path, percent-encoded, RFC 8089) */
  const sluice_field* headers; /* sent upstream, and only to the origin of `url`; may hold secrets */
  size_t header_count;
  sluice_seconds expires_at; /* when `url` stops working; 0: not known */
  sluice_str context;        /* 0 to 256 bytes; comes back in every link of this source's manifest; not secret */
  uint32_t resumable;        /* non-zero: should a body break off, core may ask for the rest of it */
  uint32_t reserved;         /* 0 */
  const sluice_usage* usage; /* what is written down of each response from it; null: what is known without */
} sluice_source;

/** Takes one source, at most once. The receiver copies. */
typedef struct sluice_source_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_source* source);
} sluice_source_sink;

/** What a link in a manifest points to. Append only; a reader treats a value it does not know as SLUICE_LINK_DATA. */
typedef uint32_t sluice_link_kind;
enum {
  SLUICE_LINK_MANIFEST = 0,
  SLUICE_LINK_SEGMENT = 1,
  SLUICE_LINK_INIT = 2,
  SLUICE_LINK_KEY = 3,
  SLUICE_LINK_SUBTITLE = 4,
  SLUICE_LINK_IMAGE = 5,
  SLUICE_LINK_DATA = 6
};

/** A link that a viewer followed out of a rewritten manifest. */
typedef struct sluice_child {
  uint32_t struct_size;
  sluice_link_kind kind;
  sluice_str url;     /* absolute, as the manifest said after resolution */
  sluice_str context; /* `context` of the manifest's source */
} sluice_child;

/** A request as plugins see it. Credentials that core consumed are not in it. */
typedef struct sluice_request_head {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  sluice_str method; /* upper case: "GET" */
  sluice_str path;   /* as received, still percent-encoded, starts with "/" */
  sluice_str query;  /* without "?", as received */
  const sluice_field* headers;
  size_t header_count;
  const sluice_field* params; /* captures of the path template, percent-decoded */
  size_t param_count;
  const sluice_principal* principal; /* null: no authenticate step ran */
} sluice_request_head;

/** A response head as plugins see it. */
typedef struct sluice_response_head {
  uint32_t struct_size;
  uint32_t status; /* 100 to 599 */
  sluice_str url;  /* where it was finally retrieved from */
  const sluice_field* headers;
  size_t header_count;
} sluice_response_head;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_VALUES_H_ */
