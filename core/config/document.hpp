// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Document: the files of a configuration as one JSON value, interpolated, with the place of each value.

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "core/config/load.hpp"

namespace sluice::config {

struct Document {
  Json root = Json::object();
  Places places;
  /// Pointers of values that could not be read: null in `root`, their fault is reported.
  std::set<std::string, std::less<>> broken;
};

/// Adds one file to `document`. Maps of the first level are merged; what stands in two files is a fault.
/// Plain `true`, `12` and `1.5` become booleans and numbers; `yes`, `0755`, `1e3` and dates stay text.
/// \returns  false when the file holds no map or is too large; a fault says which. Other faults leave the rest usable.
bool AddYaml(std::string_view yaml, const std::string& file, const Environment& environment, Document& document,
             Faults& faults);

}  // namespace sluice::config
