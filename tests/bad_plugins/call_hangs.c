/* SPDX-License-Identifier: MIT */
/* Breaks: a call never comes back. */
#define _POSIX_C_SOURCE 200809L
#define BAD_AUTHENTICATE Hang
#include <sluice/abi/auth.h>
#include <unistd.h>
static sluice_status Hang(void* self, const sluice_call* call, const sluice_credentials* credentials,
                          sluice_principal_sink out, sluice_error* error) {
  (void)self, (void)call, (void)credentials, (void)out, (void)error;
  while (pause() != 0) {
  }
  return SLUICE_OK;
}
#include "plugin.h"
