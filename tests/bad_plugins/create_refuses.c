/* SPDX-License-Identifier: MIT */
/* Breaks nothing: create refuses its configuration, as a plugin may. */
#define BAD_CREATE CreateRefuses
#include <sluice/abi/plugin.h>
#include <string.h>
static sluice_status CreateRefuses(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                                   sluice_error* error) {
  (void)host, (void)name, (void)config, (void)out;
  strcpy(error->message, "/secret: want a better word");
  return error->status = SLUICE_INVALID_ARGUMENT;
}
#include "plugin.h"
