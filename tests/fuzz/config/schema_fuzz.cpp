// SPDX-License-Identifier: MIT
/// \file
/// A schema and a value, one line each: a schema that parses checks any value without failing, and what it filled in
/// passes again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/config/schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::config;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  std::string error;
  const auto schema = Schema::Parse(text.substr(0, end), error);
  if (!schema || end == std::string_view::npos) {
    if (!schema && error.empty()) std::abort();
    return 0;
  }
  auto value = Json::parse(text.substr(end + 1), nullptr, false);
  if (value.is_discarded()) return 0;
  Faults faults;
  schema->Check(value, "", {}, faults);
  if (faults.empty()) {
    const Json filled = value;
    schema->Check(value, "", {}, faults);
    if (!faults.empty() || value != filled) std::abort();
  }
  for (const auto& pointer : schema->SecretPointers(value)) (void)value.at(Json::json_pointer(pointer));
  return 0;
}
