/* SPDX-License-Identifier: MIT */
/* Breaks: init refuses. */
#define BAD_INIT Init
#include <sluice/abi/plugin.h>
#include <string.h>
static sluice_status Init(const sluice_host* host, sluice_error* error) {
  (void)host;
  strcpy(error->message, "the moon is in the wrong phase");
  return error->status = SLUICE_UPSTREAM_FAILED;
}
#include "plugin.h"
