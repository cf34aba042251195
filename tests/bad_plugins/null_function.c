/* SPDX-License-Identifier: MIT */
/* Breaks: the table lacks a required function. */
#define BAD_AUTHENTICATE NULL
#include "plugin.h"
