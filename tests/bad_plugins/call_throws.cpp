// SPDX-License-Identifier: MIT
// Breaks: a call throws something that is no std::exception.
#include <sluice/abi/auth.h>

static sluice_status Throw(void*, const sluice_call*, const sluice_credentials*, sluice_principal_sink, sluice_error*) {
  throw 42;
}
#define BAD_AUTHENTICATE Throw
#include "plugin.h"
