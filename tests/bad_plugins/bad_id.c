/* SPDX-License-Identifier: MIT */
/* Breaks: the id is no reverse domain name. */
#define BAD_ID "Bad Plugin"
#include "plugin.h"
