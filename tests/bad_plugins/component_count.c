/* SPDX-License-Identifier: MIT */
/* Breaks: an absurd number of components. */
#define BAD_COMPONENT_COUNT 4000000000u
#include "plugin.h"
