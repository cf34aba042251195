/* SPDX-License-Identifier: MIT */
/* Breaks: destroy is null. */
#define BAD_DESTROY NULL
#include "plugin.h"
