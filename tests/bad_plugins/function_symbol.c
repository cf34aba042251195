/* SPDX-License-Identifier: MIT */
/* Breaks: the exported symbol is a function. */
#include <sluice/abi/plugin.h>

SLUICE_ABI_MARKER;

SLUICE_EXPORT int sluice_entry(void) __asm__("sluice_plugin");
int sluice_entry(void) { return 1; }
