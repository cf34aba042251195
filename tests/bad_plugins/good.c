/* SPDX-License-Identifier: MIT */
/* Breaks no rule. */
#include "plugin.h"
