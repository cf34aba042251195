/* SPDX-License-Identifier: MIT */
/* Breaks: the entry is shorter than the first release's. */
#define BAD_STRUCT_SIZE 40
#include "plugin.h"
