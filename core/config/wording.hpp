// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The words of faults: what was found, what may have been meant, which names there are.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/json_value.hpp"

namespace sluice::config {

/// The first `max` octets of `text` in one line: control characters as "\n" or "\x1b", whole UTF-8 characters.
std::string Printable(std::string_view text, std::size_t max = 60);

/// "`name`", printable and short.
std::string Ticked(std::string_view name);

/// What a reader sees: `"abc"`, `12`, `true`, `a list`, `a map`, `nothing`; `a secret value` when it must not show.
std::string Describe(const Json& value, bool secret);

/// "`a`, `b` and `c`"; at most twenty, then "and 5 more".
std::string Listed(std::span<const std::string> names, std::string_view last = "and");
/// "`a`, `b` or `c`".
std::string OneOf(std::span<const std::string> names);

/// The name nearest to `name`, if near enough to be a slip of the hand; otherwise empty.
std::string Nearest(std::string_view name, std::span<const std::string> known);

/// "unknown key `stps`; did you mean `steps`?", or with the known keys when none is near.
std::string UnknownKey(std::string_view key, std::span<const std::string> known);

/// One step of a JSON pointer: "~" and "/" escaped (RFC 6901 §3), with the "/" in front.
std::string Child(std::string_view key);
std::string Child(std::size_t index);

/// Whether `text` is well-formed UTF-8. \param line  of the first fault, from 1; may be null.
bool IsUtf8(std::string_view text, int* line = nullptr);

}  // namespace sluice::config
