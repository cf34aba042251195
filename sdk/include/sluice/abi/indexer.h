/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Indexers: search for releases; results arrive one by one.
 */
#ifndef SLUICE_ABI_INDEXER_H_
#define SLUICE_ABI_INDEXER_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INDEXER_KIND "sluice.indexer/1"

/** What to look for. */
typedef struct sluice_query {
  uint32_t struct_size;
  uint32_t limit;      /* 1 to 1000 */
  sluice_str text;     /* free text; may be empty when imdb_id is not */
  sluice_str imdb_id;  /* "tt" and digits; may be empty */
  uint32_t has_season; /* non-zero: `season` is meant */
  uint32_t season;
  uint32_t has_episode; /* non-zero: `episode` is meant */
  uint32_t episode;
} sluice_query;

/** One thing that can be asked of a store. */
typedef struct sluice_release {
  uint32_t struct_size;
  uint32_t seeders; /* 0: none, or not said */
  sluice_str title;
  sluice_str info_hash; /* 40 lower-case hex digits; empty when only `magnet` is known */
  sluice_str magnet;    /* magnet URI or URL of a .torrent; may be empty when `info_hash` is not */
  uint64_t size_bytes;  /* 0: not said */
} sluice_release;

/** Takes releases; non-zero: the caller wants no more. The receiver copies. */
typedef struct sluice_release_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, const sluice_release* release);
} sluice_release_sink;

/** What an indexer does. */
typedef struct sluice_indexer_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /**
   * [worker] Required. Puts what matches as it becomes known, at most `query->limit` releases; stops when the sink
   * wants no more (answer SLUICE_OK) or the call is over.
   * SLUICE_INVALID_ARGUMENT (text and imdb_id both empty), SLUICE_UNAUTHENTICATED (API key), SLUICE_RATE_LIMITED,
   * SLUICE_UPSTREAM_FAILED, SLUICE_DEADLINE_EXCEEDED (what was put counts), SLUICE_CANCELLED.
   */
  sluice_status (*search)(void* self, const sluice_call* call, const sluice_query* query, sluice_release_sink out,
                          sluice_error* error);
} sluice_indexer_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_INDEXER_H_ */
