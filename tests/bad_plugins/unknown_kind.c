/* SPDX-License-Identifier: MIT */
/* Breaks: a kind that this server does not speak. */
#define BAD_KIND "sluice.teapot/1"
#include "plugin.h"
