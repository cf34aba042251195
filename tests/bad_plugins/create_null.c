/* SPDX-License-Identifier: MIT */
/* Breaks: create answers OK and makes nothing. */
#define BAD_CREATE CreateNothing
#include <sluice/abi/plugin.h>
static sluice_status CreateNothing(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                                   sluice_error* error) {
  (void)host, (void)name, (void)config, (void)out, (void)error;
  return SLUICE_OK;
}
#include "plugin.h"
