/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Work that runs on threads of the host, beside the call that started it.
 */
#ifndef SLUICE_ABI_TASKS_H_
#define SLUICE_ABI_TASKS_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_TASKS_SERVICE "sluice.tasks/1"

/** What to do. */
typedef struct sluice_task {
  void* ctx;
  void (*run)(void* ctx, const sluice_call* call); /* [worker] once; keeps to the call's deadline */
} sluice_task;

/** What the host offers. */
typedef struct sluice_tasks_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /**
   * [any] Runs `task` soon on a thread of the host. Its call ends after `timeout_ms` (1 to 600000), and is cancelled
   * when the instance is to be destroyed; the host waits for it before it does that. It is made for whom `call` is
   * made. SLUICE_RATE_LIMITED: no thread is free; `run` is not called. SLUICE_INVALID_ARGUMENT: a bad timeout.
   */
  sluice_status (*start)(void* ctx, const sluice_call* call, int64_t timeout_ms, sluice_task task, sluice_error* error);
} sluice_tasks_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_TASKS_H_ */
