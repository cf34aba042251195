/* SPDX-License-Identifier: MIT */
/* Breaks: one type twice. */
#define BAD_COMPONENTS both
#define BAD_COMPONENT_COUNT 2
#include <sluice/abi/plugin.h>
static const sluice_component component;
static const sluice_component* const both[] = {&component, &component};
#include "plugin.h"
