/* SPDX-License-Identifier: MIT */
/* Breaks: the type name has capitals and a space. */
#define BAD_TYPE "My Auth"
#include "plugin.h"
