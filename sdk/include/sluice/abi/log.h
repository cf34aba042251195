/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Log service: structured log. The host adds time, plugin, component and request id, and redacts known secrets.
 */
#ifndef SLUICE_ABI_LOG_H_
#define SLUICE_ABI_LOG_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_LOG_SERVICE "sluice.log/1"

/** Append only; a reader treats a value it does not know as SLUICE_LOG_INFO. */
typedef uint32_t sluice_log_level;
enum { SLUICE_LOG_TRACE = 0, SLUICE_LOG_DEBUG = 1, SLUICE_LOG_INFO = 2, SLUICE_LOG_WARNING = 3, SLUICE_LOG_ERROR = 4 };

/** Every function takes `ctx` first. Threads: [any]. */
typedef struct sluice_log_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Non-zero: a line of this level is kept. Ask first, when making the fields costs something. */
  uint32_t (*enabled)(void* ctx, sluice_log_level level);
  /** One line, dropped when its level is not kept. `message` is one constant sentence; what varies goes into `fields`,
   * of which 32 are kept. */
  void (*write)(void* ctx, sluice_log_level level, sluice_str message, const sluice_field* fields, size_t field_count);
} sluice_log_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_LOG_H_ */
