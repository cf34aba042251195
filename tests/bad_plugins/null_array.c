/* SPDX-License-Identifier: MIT */
/* Breaks: a number of components, and no array. */
#define BAD_COMPONENTS NULL
#include "plugin.h"
