/* SPDX-License-Identifier: MIT */
/* Breaks: there is no table. */
#define BAD_TABLE NULL
#include "plugin.h"
