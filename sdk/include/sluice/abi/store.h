/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Stores: debrid services that hold content for an account and hand out links to it.
 */
#ifndef SLUICE_ABI_STORE_H_
#define SLUICE_ABI_STORE_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_STORE_KIND "sluice.store/1"

/** What an item is made of. Append only; a reader treats a value it does not know as SLUICE_CONTENT_TORRENT. */
typedef uint32_t sluice_content;
enum {
  SLUICE_CONTENT_TORRENT = 0, /* hash: info hash, 40 lower-case hex digits */
  SLUICE_CONTENT_USENET = 1,  /* hash: MD5 of the link to the NZB, 32 lower-case hex digits */
  SLUICE_CONTENT_WEB = 2      /* hash: MD5 of the link to a file hoster, 32 lower-case hex digits */
};

/** How far a store is with an item. Append only; a reader treats a value it does not know as SLUICE_ITEM_UNKNOWN. */
typedef uint32_t sluice_item_state;
enum {
  SLUICE_ITEM_UNKNOWN = 0,
  SLUICE_ITEM_CACHED = 1,
  SLUICE_ITEM_QUEUED = 2,
  SLUICE_ITEM_DOWNLOADING = 3,
  SLUICE_ITEM_READY = 4,
  SLUICE_ITEM_FAILED = 5,
  SLUICE_ITEM_PROCESSING = 6, /* the store has the content, and works on it */
  SLUICE_ITEM_UPLOADING = 7,
  SLUICE_ITEM_INVALID = 8 /* what was asked for is no content */
};

/** What a subscription is worth. Append only; a reader treats a value it does not know as SLUICE_PLAN_EXPIRED. */
typedef uint32_t sluice_plan;
enum { SLUICE_PLAN_EXPIRED = 0, SLUICE_PLAN_TRIAL = 1, SLUICE_PLAN_PREMIUM = 2 };

/** On whose account, and for whom. */
typedef struct sluice_store_user {
  uint32_t struct_size;
  uint32_t reserved;    /* 0 */
  sluice_str token;     /* API key of the account; secret; empty: the principal was granted none */
  sluice_str client_ip; /* the viewer's address, for stores that bind links to it; may be empty */
} sluice_store_user;

/** What can be expected of a store. Constant for an instance. */
typedef struct sluice_store_traits {
  uint32_t struct_size;
  uint32_t contents;         /* bit n: takes sluice_content n */
  uint32_t checks;           /* non-zero: `check` asks the store; zero: it knows nothing by itself */
  uint32_t downloads;        /* non-zero: fetches what it does not hold; zero: plays what is cached only */
  uint32_t torrent_files;    /* non-zero: `add` takes .torrent files */
  uint32_t private_torrents; /* non-zero: torrents of private trackers may be added */
  uint32_t torrent_order;    /* non-zero: sluice_file.index is the position in the torrent */
  uint32_t lists;            /* non-zero: the account has a list of its items */
  uint32_t removes;          /* non-zero: items can be let go of */
  uint32_t trusted;          /* non-zero: what it says of content may be kept and shown to others */
} sluice_store_traits;

/** What a store says of the account that a token belongs to. */
typedef struct sluice_account {
  uint32_t struct_size;
  sluice_plan plan;
  sluice_str id;             /* the store's own name of the account; never the token */
  sluice_seconds expires_at; /* end of the subscription; 0: not said */
  sluice_str email;          /* may be empty */
} sluice_account;

/** One file of an item. Element of an array. */
typedef struct sluice_file {
  uint32_t index;        /* zero-based: in the torrent (BEP 3 `files`) if the traits say so, else in this list */
  uint32_t reserved;     /* 0 */
  sluice_str id;         /* what `link` takes: any text; empty: no link can be had (of what is only known as cached) */
  sluice_str path;       /* relative, "/" between parts */
  uint64_t size_bytes;   /* 0: the store does not say */
  sluice_str video_hash; /* OpenSubtitles hash, 16 hex digits; may be empty */
} sluice_file;

/** One piece of content as a store sees it. */
typedef struct sluice_item {
  uint32_t struct_size;
  sluice_item_state state;
  sluice_str id;   /* the store's own: any text; empty when the item is only known to be cached */
  sluice_str hash; /* in the form of its content */
  sluice_str name;
  uint64_t size_bytes;      /* 0: the store does not say */
  const sluice_file* files; /* may be empty until the store knows them */
  size_t file_count;
  sluice_content content;
  uint32_t is_private;     /* non-zero: of a private tracker */
  sluice_seconds added_at; /* 0: not said */
} sluice_item;

/** What a store is asked to hold. */
typedef struct sluice_store_order {
  uint32_t struct_size;
  sluice_content content;
  sluice_str uri;    /* torrent: a magnet URI; usenet: URL of an NZB; web: URL at a hoster. Empty: `file` is given */
  sluice_bytes file; /* torrent: a .torrent file; usenet: an NZB. Empty: `uri` is given */
  sluice_str name;   /* for people; may be empty */
} sluice_store_order;

/** Which part of a list. */
typedef struct sluice_store_page {
  uint32_t struct_size;
  sluice_content content;
  uint32_t offset; /* items to pass over */
  uint32_t limit;  /* 1 to 500 */
} sluice_store_page;

/** Takes one account, once. The receiver copies. */
typedef struct sluice_account_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_account* account);
} sluice_account_sink;

/** Takes items; non-zero: the caller wants no more. `get` and `add` put exactly one. The receiver copies. */
typedef struct sluice_item_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, const sluice_item* item);
} sluice_item_sink;

/**
 * All functions are required and [worker]. All but `traits` may block until the call's deadline, and may answer
 * SLUICE_UNAUTHENTICATED (bad token), SLUICE_PERMISSION_DENIED (account may not), SLUICE_RATE_LIMITED,
 * SLUICE_UPSTREAM_FAILED, SLUICE_DEADLINE_EXCEEDED, SLUICE_CANCELLED, and SLUICE_UNSUPPORTED for a content that the
 * traits do not name; what else it may answer is said beside it. A sink that wants no more is no error. An `id` is that
 * of an item that this account holds; any other text may come.
 */
typedef struct sluice_store_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** [worker] Fills `out`, whose `struct_size` the caller set. */
  void (*traits)(void* self, sluice_store_traits* out);
  /** Puts the account that the token belongs to. SLUICE_UNAUTHENTICATED: a bad token. */
  sluice_status (*get_account)(void* self, const sluice_call* call, const sluice_store_user* user,
                               sluice_account_sink out, sluice_error* error);
  /** Puts those of `hashes` that can be played now. 0 to 500 hashes in the form of their content, no duplicates. */
  sluice_status (*check)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_content content,
                         const sluice_str* hashes, size_t hash_count, sluice_item_sink out, sluice_error* error);
  /** Asks the store to hold what `order` names; twice answers the same item. SLUICE_INVALID_ARGUMENT: not that content.
   */
  sluice_status (*add)(void* self, const sluice_call* call, const sluice_store_user* user,
                       const sluice_store_order* order, sluice_item_sink out, sluice_error* error);
  /** Puts one item. SLUICE_NOT_FOUND: this account has no item `id`. */
  sluice_status (*get)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                       sluice_item_sink out, sluice_error* error);
  /** Puts the account's items of one content, newest first. `total`: how many there are, as far as the store says. */
  sluice_status (*list)(void* self, const sluice_call* call, const sluice_store_user* user,
                        const sluice_store_page* page, sluice_item_sink out, uint64_t* total, sluice_error* error);
  /** Lets go of one item. SLUICE_NOT_FOUND: this account has no item `id`. SLUICE_UNSUPPORTED: this store lets go of
   * nothing. */
  sluice_status (*remove)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                          sluice_error* error);
  /** Puts a direct URL of the file whose id is `file`, playable for a minute or more. SLUICE_NOT_FOUND: not there or
   * not ready. */
  sluice_status (*link)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                        sluice_str file, sluice_source_sink out, sluice_error* error);
} sluice_store_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_STORE_H_ */
