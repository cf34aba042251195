/* SPDX-License-Identifier: MIT */
/* Breaks: a call answers a status that no release has. */
#define BAD_AUTHENTICATE Answer99
#include <sluice/abi/auth.h>
static sluice_status Answer99(void* self, const sluice_call* call, const sluice_credentials* credentials,
                              sluice_principal_sink out, sluice_error* error) {
  (void)self, (void)call, (void)credentials, (void)out, (void)error;
  return 99;
}
#include "plugin.h"
