// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// WriteYaml: a JSON value as YAML that reads back as the same value, here and with any YAML 1.1 or 1.2 reader.

#include <string>

#include "core/config/json_value.hpp"

namespace sluice::config {

/// Block style; lists of plain values in one line; text in double quotes wherever it could be taken for something else.
/// Dollars are escaped against interpolation. \param value  a map.
std::string WriteYaml(const Json& value);

}  // namespace sluice::config
