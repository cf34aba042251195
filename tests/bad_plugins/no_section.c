/* SPDX-License-Identifier: MIT */
/* Breaks: the ABI marker section. */
#define BAD_NO_MARKER
#include "plugin.h"
