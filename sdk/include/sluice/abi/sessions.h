/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Sessions service: tokens that a component gives out, and what they stand for. They last over restarts, and all
 * instances of the server share them. A component sees its own sessions, and those of components that its configuration
 * names where its schema says "component".
 */
#ifndef SLUICE_ABI_SESSIONS_H_
#define SLUICE_ABI_SESSIONS_H_

#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SESSIONS_SERVICE "sluice.sessions/1"

/** One session. For `open`, id, owner, created_at and used_at do not count. */
typedef struct sluice_session {
  uint32_t struct_size;
  uint32_t reserved;        /* 0 */
  sluice_str id;            /* names it in logs and for people; opens nothing */
  sluice_str owner;         /* name of the component that opened it */
  sluice_str subject;       /* 1 to 256 octets */
  const sluice_str* scopes; /* at most 64 of 1 to 64 octets */
  size_t scope_count;
  sluice_str data; /* the opener's own, at most 64 KiB; secret: encrypted where it is kept */
  sluice_seconds created_at;
  sluice_seconds expires_at;
  int64_t idle_timeout_seconds; /* over after so long without use, or an eighth less; 0: no limit */
  sluice_seconds used_at;
} sluice_session;

/** Takes sessions; non-zero: the caller wants no more. `find` and `get` put one, or none. The receiver copies. */
typedef struct sluice_session_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, const sluice_session* session);
} sluice_session_sink;

/**
 * Threads: [any]; not from `create`. Every function may answer SLUICE_INVALID_ARGUMENT (a value out of bounds),
 * SLUICE_UPSTREAM_FAILED (the database is away) and SLUICE_DEADLINE_EXCEEDED.
 */
typedef struct sluice_sessions_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Puts the new session's id and its token, which is secret and not kept. */
  sluice_status (*open)(void* ctx, const sluice_call* call, const sluice_session* session, sluice_text_sink id,
                        sluice_text_sink token, sluice_error* error);
  /** Puts the session whose token this is, and notes that it is used; none: there is none, or not any more. */
  sluice_status (*find)(void* ctx, const sluice_call* call, sluice_str token, sluice_session_sink out,
                        sluice_error* error);
  /** The same by its id, without using it. */
  sluice_status (*get)(void* ctx, const sluice_call* call, sluice_str id, sluice_session_sink out, sluice_error* error);
  /** Of the component's own. Null stays as it is. SLUICE_NOT_FOUND. */
  sluice_status (*change)(void* ctx, const sluice_call* call, sluice_str id, const sluice_str* data,
                          const sluice_seconds* expires_at, sluice_error* error);
  /** As `change`; the token opens nothing any more: with other instances of the server within some seconds. */
  sluice_status (*close)(void* ctx, const sluice_call* call, sluice_str id, sluice_error* error);
  /** Puts the component's own, the newest first. `subject`: of it alone, empty: of everybody; `limit`: 1 to 500. */
  sluice_status (*list)(void* ctx, const sluice_call* call, sluice_str subject, uint32_t offset, uint32_t limit,
                        sluice_session_sink out, sluice_error* error);
} sluice_sessions_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_SESSIONS_H_ */
