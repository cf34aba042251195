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

/** How far a store is with an item. Append only; a reader treats a value it does not know as SLUICE_ITEM_UNKNOWN. */
typedef uint32_t sluice_item_state;
enum {
  SLUICE_ITEM_UNKNOWN = 0,
  SLUICE_ITEM_CACHED = 1,
  SLUICE_ITEM_QUEUED = 2,
  SLUICE_ITEM_DOWNLOADING = 3,
  SLUICE_ITEM_READY = 4,
  SLUICE_ITEM_FAILED = 5
};

/** On whose account, and for whom. */
typedef struct sluice_store_user {
  uint32_t struct_size;
  uint32_t reserved;    /* 0 */
  sluice_str token;     /* API key of the account; secret; empty: the principal was granted none */
  sluice_str client_ip; /* the viewer's address, for stores that bind links to it; may be empty */
} sluice_store_user;

/** What a store says of the account that a token belongs to. */
typedef struct sluice_account {
  uint32_t struct_size;
  uint32_t premium;          /* non-zero: the subscription is paid */
  sluice_str id;             /* the store's own name of the account; never the token */
  sluice_seconds expires_at; /* end of the subscription; 0: not said */
} sluice_account;

/** One file of an item. Element of an array. */
typedef struct sluice_file {
  uint32_t index;      /* zero-based, in the torrent's own order (BEP 3 `files`) */
  uint32_t reserved;   /* 0 */
  sluice_str path;     /* relative, "/" between parts */
  uint64_t size_bytes; /* 0: the store does not say */
} sluice_file;

/** One piece of content as a store sees it. */
typedef struct sluice_item {
  uint32_t struct_size;
  sluice_item_state state;
  sluice_str id;        /* the store's own: any text; empty when the item is only known to be cached */
  sluice_str info_hash; /* 40 lower-case hex digits */
  sluice_str name;
  uint64_t size_bytes;      /* 0: the store does not say */
  const sluice_file* files; /* may be empty until the store knows them */
  size_t file_count;
} sluice_item;

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
 * All functions are required and [worker]. They may block until the call's deadline. Each may answer
 * SLUICE_UNAUTHENTICATED (bad token), SLUICE_PERMISSION_DENIED (account may not), SLUICE_RATE_LIMITED,
 * SLUICE_UPSTREAM_FAILED, SLUICE_DEADLINE_EXCEEDED, SLUICE_CANCELLED; what else it may answer is said beside it. A sink
 * that wants no more is no error. An `id` is that of an item that this account holds; any other text may come.
 */
typedef struct sluice_store_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** Puts the account that the token belongs to. SLUICE_UNAUTHENTICATED: a bad token. */
  sluice_status (*get_account)(void* self, const sluice_call* call, const sluice_store_user* user,
                               sluice_account_sink out, sluice_error* error);
  /** Puts those of `hashes` that can be played now. 0 to 500 hashes, 40 lower-case hex digits each, no duplicates. */
  sluice_status (*check)(void* self, const sluice_call* call, const sluice_store_user* user, const sluice_str* hashes,
                         size_t hash_count, sluice_item_sink out, sluice_error* error);
  /** Asks the store to hold what `magnet` (BEP 9) names; twice answers the same item. SLUICE_INVALID_ARGUMENT: no
   * magnet. */
  sluice_status (*add)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str magnet,
                       sluice_item_sink out, sluice_error* error);
  /** Puts one item. SLUICE_NOT_FOUND: this account has no item `id`. */
  sluice_status (*get)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                       sluice_item_sink out, sluice_error* error);
  /** Puts the account's items, newest first, from the one at `offset` (0 or more), at most `limit` (1 to 500). */
  sluice_status (*list)(void* self, const sluice_call* call, const sluice_store_user* user, uint32_t offset,
                        uint32_t limit, sluice_item_sink out, sluice_error* error);
  /** Lets go of one item. SLUICE_NOT_FOUND: this account has no item `id`. SLUICE_PERMISSION_DENIED: this store lets go
   * of nothing. */
  sluice_status (*remove)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                          sluice_error* error);
  /** Puts a direct URL of file `file` (its index), playable for a minute or more. SLUICE_NOT_FOUND: not there or not
   * ready. */
  sluice_status (*link)(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                        uint32_t file, sluice_source_sink out, sluice_error* error);
} sluice_store_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_STORE_H_ */
