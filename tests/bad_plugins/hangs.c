/* SPDX-License-Identifier: MIT */
/* Breaks: create never comes back; only a child process may find out. */
#define _POSIX_C_SOURCE 200809L
#define BAD_CREATE Hang
#include <sluice/abi/plugin.h>
#include <unistd.h>
static sluice_status Hang(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                          sluice_error* error) {
  (void)host, (void)name, (void)config, (void)out, (void)error;
  while (pause() != 0) {
  }
  return SLUICE_OK;
}
#include "plugin.h"
