/* SPDX-License-Identifier: MIT */
/**
 * \file
 * The words every Sluice table is written in: views, status codes, errors, calls and sinks.
 *
 * Four rules hold on both sides of the boundary:
 *   views in     a `sluice_str`, `sluice_bytes` or array parameter is valid until the function returns;
 *   sinks out    results are put into a sink, and the receiver copies what it keeps;
 *   own handles  a handle is made and destroyed by the same side;
 *   error space  the caller lends a `sluice_error`; nothing is ever freed across the boundary.
 *
 * A struct that starts with `struct_size` may grow at its end. Its reader looks at no byte past that size.
 * Thread tags ([control], [worker], [stream], [any]) are defined in sluice/sdk/threading.md.
 */
#ifndef SLUICE_ABI_BASE_H_
#define SLUICE_ABI_BASE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Base structs and rules. A different number means another boundary; the ELF section name carries it too. */
#define SLUICE_ABI_MAJOR 1
/** Grows when fields are appended to base structs. */
#define SLUICE_ABI_MINOR 0

/** Whether the writer of `*object` knew `member`: ask before reading anything that is not of the first release. */
#define SLUICE_HAS(object, member)                                                                \
  ((size_t)((const char*)&(object)->member - (const char*)(object)) + sizeof((object)->member) <= \
   (size_t)(object)->struct_size)

/** Text: UTF-8 unless said otherwise, not terminated, `data` may be null when `size` is 0. */
typedef struct sluice_str {
  const char* data;
  size_t size; /* bytes */
} sluice_str;

/** Octets; `data` may be null when `size` is 0. */
typedef struct sluice_bytes {
  const uint8_t* data;
  size_t size; /* bytes */
} sluice_bytes;

/** One header field, query parameter or path parameter. Names keep the case they came with. */
typedef struct sluice_field {
  sluice_str name;
  sluice_str value;
} sluice_field;

/** What a function answers. Append only; a reader treats a value it does not know as SLUICE_INTERNAL. */
typedef uint32_t sluice_status;
enum {
  SLUICE_OK = 0,
  SLUICE_INVALID_ARGUMENT = 1, /* the request or configuration is wrong; repeating it cannot help */
  SLUICE_NOT_FOUND = 2,
  SLUICE_UNAUTHENTICATED = 3,   /* who is asking is not known */
  SLUICE_PERMISSION_DENIED = 4, /* known, and not allowed */
  SLUICE_RATE_LIMITED = 5,      /* `retry_after_ms` says when, if the refuser said so */
  SLUICE_UPSTREAM_FAILED = 6,   /* a server behind the gateway did not answer, or answered nonsense */
  SLUICE_DEADLINE_EXCEEDED = 7,
  SLUICE_CANCELLED = 8, /* the viewer is gone */
  SLUICE_UNSUPPORTED = 9,
  SLUICE_INTERNAL = 10 /* a fault of the side that answers */
};

/**
 * Why, where the status leaves open what a viewer should be told. Append only; a reader treats a value it does not know
 * as SLUICE_REASON_NONE. A reason adds to a status, and never stands for one.
 */
typedef uint32_t sluice_reason;
enum {
  SLUICE_REASON_NONE = 0,
  SLUICE_REASON_PAYMENT_REQUIRED = 1, /* the account's plan does not include it */
  SLUICE_REASON_LIMIT_EXCEEDED = 2,   /* the account's traffic, transfers or space are used up */
  SLUICE_REASON_LEGAL = 3,            /* taken down for legal reasons (HTTP 451) */
  SLUICE_REASON_CONFLICT = 4,         /* it is there already, or being worked on */
  SLUICE_REASON_UNPROCESSABLE = 5,    /* understood, and cannot be done: too large, broken content */
  SLUICE_REASON_INVALID_MAGNET = 6,
  SLUICE_REASON_GONE = 7,
  SLUICE_REASON_UNAVAILABLE = 8, /* for the time being: maintenance, no server free */
  SLUICE_REASON_SERVER_DOWN = 9, /* the upstream is off */
  SLUICE_REASON_LOCKED = 10
};

/** Error space on the caller's stack. Written only when a function answers something other than SLUICE_OK. */
typedef struct sluice_error {
  uint32_t status;          /* the returned sluice_status again */
  uint32_t retry_after_ms;  /* 0: not known */
  uint32_t upstream_status; /* HTTP status of the upstream that caused this; 0: none */
  sluice_reason reason;     /* why, more finely than the status */
  char message[240];        /* terminated; names the field or peer and the value wanted; never a secret */
} sluice_error;

/** One call: how long it may take and for whom it is made. Made by the host, valid until the function returns. */
typedef struct sluice_call {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t deadline_ns;                                   /* CLOCK_MONOTONIC, nanoseconds; INT64_MAX: none */
  const void* ctx;                                       /* of the maker */
  uint32_t (*cancelled)(const struct sluice_call* call); /* [any] non-zero: the viewer is gone, stop soon */
  sluice_str request_id;                                 /* as in X-Request-Id; empty outside a request */
  sluice_str client_ip;   /* textual, without port; behind trusted proxies the viewer's own; may be empty */
  sluice_str traceparent; /* W3C Trace Context; may be empty */
} sluice_call;

/** Takes octets. `put` answers non-zero when the receiver wants no more; it may block while a viewer is slow. */
typedef struct sluice_byte_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, sluice_bytes chunk);
} sluice_byte_sink;

/** Takes one text, once. */
typedef struct sluice_text_sink {
  void* ctx;
  void (*put)(void* ctx, sluice_str text);
} sluice_text_sink;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_BASE_H_ */
