/* SPDX-License-Identifier: MIT */
/* Breaks: what is exported has another name. */
#define sluice_plugin sluice_plugins
#include "plugin.h"
