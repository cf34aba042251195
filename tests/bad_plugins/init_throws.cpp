// SPDX-License-Identifier: MIT
// Breaks: init throws.
#include <sluice/abi/plugin.h>

#include <stdexcept>

static sluice_status Init(const sluice_host*, sluice_error*) { throw std::runtime_error("thrown by init"); }
#define BAD_INIT Init
#include "plugin.h"
