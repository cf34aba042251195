/* SPDX-License-Identifier: MIT */
/* Breaks: the schema is no JSON. */
#define BAD_SCHEMA "{\"type\": \"object\", "
#include "plugin.h"
