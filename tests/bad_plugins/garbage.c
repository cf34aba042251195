/* SPDX-License-Identifier: MIT */
/* Breaks: a principal whose texts point nowhere and have absurd sizes. */
#define BAD_AUTHENTICATE PutGarbage
#include <sluice/abi/auth.h>
static sluice_status PutGarbage(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                sluice_principal_sink out, sluice_error* error) {
  sluice_principal principal = {0};
  (void)self, (void)call, (void)credentials, (void)error;
  principal.struct_size = 8;
  principal.scope_count = 1u << 30;
  principal.subject.size = (size_t)-1;
  out.put(out.ctx, &principal);
  return SLUICE_OK;
}
#include "plugin.h"
