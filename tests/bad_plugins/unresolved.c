/* SPDX-License-Identifier: MIT */
/* Breaks: it needs a function that nobody has. */
extern int NobodyHasThisFunction(void);

#include "plugin.h"

SLUICE_EXPORT int Need(void);
int Need(void) { return NobodyHasThisFunction(); }
