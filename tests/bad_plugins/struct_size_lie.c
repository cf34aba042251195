/* SPDX-License-Identifier: MIT */
/* Breaks: the entry says that it is longer than what is exported. */
#define BAD_STRUCT_SIZE 4096
#include "plugin.h"
