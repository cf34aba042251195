/* SPDX-License-Identifier: MIT */
/* Breaks: the marker names ABI 2. Its constructor would leave a trace, if any of its code ran. */
#define BAD_NO_MARKER
#include "plugin.h"

#include <stdlib.h>

__attribute__((used, section("sluice_abi_2"))) static const uint32_t marker[2] = {2, 0};

__attribute__((constructor)) static void LeaveTrace(void) { setenv("SLUICE_BAD_PLUGIN_RAN", "yes", 1); }
