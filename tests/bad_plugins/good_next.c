/* SPDX-License-Identifier: MIT */
/* The next build of good.c: the same id and type, other content. */
#ifndef BAD_BUILD
#define BAD_BUILD 2
#endif
#define BAD_TEXT_(x) #x
#define BAD_TEXT(x) BAD_TEXT_(x)
#define BAD_SCHEMA                                                           \
  "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": " \
  "{\"build\": {\"type\": \"integer\", \"default\": " BAD_TEXT(BAD_BUILD) ", \"description\": \"which build\"}}}"
#include "plugin.h"
