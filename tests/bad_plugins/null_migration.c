/* SPDX-License-Identifier: MIT */
/* Breaks: the second of two migrations is null. */
#include <stddef.h>
static const char* const migrations[] = {"CREATE TABLE {notes} (id BIGINT)", NULL};
#define BAD_MIGRATIONS migrations
#define BAD_MIGRATION_COUNT 2
#include "plugin.h"
