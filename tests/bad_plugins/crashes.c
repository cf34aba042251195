/* SPDX-License-Identifier: MIT */
/* Breaks: create writes to a null pointer; only a child process may find out. */
#define BAD_CREATE Crash
#include <sluice/abi/plugin.h>
static sluice_status Crash(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                           sluice_error* error) {
  volatile int* nowhere = NULL;
  (void)host, (void)name, (void)config, (void)out, (void)error;
  *nowhere = 1;
  return SLUICE_OK;
}
#include "plugin.h"
