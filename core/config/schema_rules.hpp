// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What Schema::Parse and Schema::Check share.

#include <optional>
#include <string>
#include <string_view>

#include "core/config/fault.hpp"
#include "core/config/json_value.hpp"

namespace sluice::config {

/// Strings longer than this never match a pattern: the matcher recurses once a character.
inline constexpr std::size_t kMaxPatternSubject = 4096;

/// Schema::Check, for a part of a schema that is known to be well-formed.
void CheckValue(const Json& schema, Json& value, const std::string& pointer, const Places& places, Faults& faults);

/// Whether `value` is of the JSON Schema type `type`. 5.0 is an integer (draft 6 and later).
bool IsOfType(const Json& value, std::string_view type);

/// Whether `pattern` matches anywhere in `text`; nothing when it cannot be compiled or matching takes too much.
std::optional<bool> Matches(const std::string& pattern, const std::string& text);

/// Characters of UTF-8 text.
std::size_t Length(std::string_view text);

}  // namespace sluice::config
