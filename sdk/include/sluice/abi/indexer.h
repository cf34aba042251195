/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Indexers: search for releases; results arrive one by one.
 */
#ifndef SLUICE_ABI_INDEXER_H_
#define SLUICE_ABI_INDEXER_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_INDEXER_KIND "sluice.indexer/1"

/** What kind of title is looked for. Append only; a reader treats a value it does not know as SLUICE_TITLE_ANY. */
typedef uint32_t sluice_title_kind;
enum { SLUICE_TITLE_ANY = 0, SLUICE_TITLE_MOVIE = 1, SLUICE_TITLE_SERIES = 2, SLUICE_TITLE_ANIME = 3 };

/** Whose index is asked. */
typedef struct sluice_indexer_user {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  sluice_str url;    /* of the viewer's own index; empty: the configured one */
  sluice_str key;    /* its API key; secret */
} sluice_indexer_user;

/** What to look for. */
typedef struct sluice_query {
  uint32_t struct_size;
  uint32_t limit;      /* 1 to 1000 */
  sluice_str text;     /* free text, searched for as it is; may be empty when `titles` or `imdb_id` are not */
  sluice_str imdb_id;  /* "tt" and digits; may be empty */
  uint32_t has_season; /* non-zero: `season` is meant */
  uint32_t season;
  uint32_t has_episode; /* non-zero: `episode` is meant */
  uint32_t episode;
  sluice_title_kind kind;
  uint32_t year;            /* 0: not known */
  const sluice_str* titles; /* names of the title, best first; the indexer makes its own texts of them */
  size_t title_count;
} sluice_query;

/** One thing that can be asked of a store. */
typedef struct sluice_release {
  uint32_t struct_size;
  uint32_t seeders; /* 0: none, or not said */
  sluice_str title;
  sluice_str info_hash;        /* 40 lower-case hex digits; empty when only `torrent_url` is known */
  sluice_str magnet;           /* magnet URI; may be empty */
  uint64_t size_bytes;         /* 0: not said */
  sluice_str torrent_url;      /* of a .torrent file; may carry a key of the viewer's: secret; may be empty */
  sluice_str indexer;          /* name of where it was found */
  sluice_seconds published_at; /* 0: not said */
  uint32_t is_private;         /* non-zero: of a private tracker: never to be added by hash */
  uint32_t exact;              /* non-zero: found by id and numbers, so that its title need not be compared */
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
   * SLUICE_INVALID_ARGUMENT (text, titles and imdb_id all empty; a URL that is none), SLUICE_UNAUTHENTICATED (API key),
   * SLUICE_PERMISSION_DENIED (a viewer's URL where none may be given), SLUICE_RATE_LIMITED, SLUICE_UPSTREAM_FAILED,
   * SLUICE_DEADLINE_EXCEEDED (what was put counts), SLUICE_CANCELLED.
   */
  sluice_status (*search)(void* self, const sluice_call* call, const sluice_indexer_user* user,
                          const sluice_query* query, sluice_release_sink out, sluice_error* error);
} sluice_indexer_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_INDEXER_H_ */
