/* SPDX-License-Identifier: MIT */
/* Breaks: says that it has a migration, and the array is null. */
#define BAD_MIGRATIONS NULL
#define BAD_MIGRATION_COUNT 1
#include "plugin.h"
