/* SPDX-License-Identifier: MIT */
/* Breaks: the entry speaks ABI 3, whatever the marker says. */
#define BAD_ABI_MAJOR 3
#include "plugin.h"
