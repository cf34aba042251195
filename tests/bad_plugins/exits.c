/* SPDX-License-Identifier: MIT */
/* Breaks: create ends the process, as if all were well; only a child process may find out. */
#define BAD_CREATE Exit
#include <sluice/abi/plugin.h>
#include <unistd.h>
static sluice_status Exit(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                          sluice_error* error) {
  (void)host, (void)name, (void)config, (void)out, (void)error;
  _exit(0);
}
#include "plugin.h"
