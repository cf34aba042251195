/* SPDX-License-Identifier: MIT */
/* Breaks no rule: its configuration names other components. */
#define BAD_SCHEMA                                                                                 \
  "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": "                       \
  "{\"also\": {\"type\": \"array\", \"items\": {\"type\": \"string\", \"component\": \"auth\"}}, " \
  "\"store\": {\"type\": \"string\", \"component\": \"store\"}}}"
#include "plugin.h"
