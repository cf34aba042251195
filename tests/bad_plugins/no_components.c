/* SPDX-License-Identifier: MIT */
/* Breaks: no component at all. */
#define BAD_COMPONENT_COUNT 0
#include "plugin.h"
