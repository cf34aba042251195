// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// JSON that a store has made: read within limits, and with whatever it puts where something else is documented.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::store {

using Json = nlohmann::json;

/// \returns  nothing for what is no JSON document, or is nested deeper than 64 levels.
std::optional<Json> ParseJson(std::string_view text);

/// The member of that name. \param object  anything; of what is no object nothing is a member.
/// \returns  null: it is not there, or null.
const Json* Member(const Json& object, const char* name);

/// A text, or a whole number in decimal; anything else is empty.
std::string TextOf(const Json& object, const char* name);

/// A whole number, or one with a fraction that is dropped, or the digits of one in a text. \returns  0 for anything
/// else, and for what is negative or does not fit.
std::uint64_t UintOf(const Json& object, const char* name);

/// As UintOf. \returns  0 for what is negative or no finite number.
double DoubleOf(const Json& object, const char* name);

/// true, 1 or "true".
bool BoolOf(const Json& object, const char* name);

/// JSON text of `document`; octets that are no UTF-8 are replaced.
std::string Dump(const Json& document);

}  // namespace sluice::plugins::store
