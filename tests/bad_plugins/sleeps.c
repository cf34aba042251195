/* SPDX-License-Identifier: MIT */
/* Breaks: a call comes back 80 ms after its deadline, unless the credential is "fast". */
#define _POSIX_C_SOURCE 200809L
#define BAD_AUTHENTICATE Sleep
#include <sluice/abi/auth.h>
#include <string.h>
#include <time.h>
static sluice_status Sleep(void* self, const sluice_call* call, const sluice_credentials* credentials,
                           sluice_principal_sink out, sluice_error* error) {
  const int64_t until_ns = call->deadline_ns + 80000000;
  const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
  (void)self, (void)out, (void)error;
  if (credentials->secret.size == 4 && memcmp(credentials->secret.data, "fast", 4) == 0) return SLUICE_OK;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
  }
  return SLUICE_OK;
}
#include "plugin.h"
