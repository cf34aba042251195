// SPDX-License-Identifier: MIT
// Breaks: create throws.
#include <sluice/abi/plugin.h>

#include <stdexcept>

static sluice_status CreateThrows(const sluice_host*, sluice_str, const sluice_config*, void**, sluice_error*) {
  throw std::runtime_error("thrown by create");
}
#define BAD_CREATE CreateThrows
#include "plugin.h"
