/* SPDX-License-Identifier: MIT */
/* Breaks: the array holds a null pointer. */
#define BAD_COMPONENTS nothing
#include <sluice/abi/plugin.h>
static const sluice_component* const nothing[] = {NULL};
#include "plugin.h"
