/* SPDX-License-Identifier: MIT */
/* Breaks: create is null. */
#define BAD_CREATE NULL
#include "plugin.h"
