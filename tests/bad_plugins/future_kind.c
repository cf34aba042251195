/* SPDX-License-Identifier: MIT */
/* Breaks: a revision of a kind that this server does not speak. */
#define BAD_KIND "sluice.auth/9"
#include "plugin.h"
