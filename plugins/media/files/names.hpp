// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// File names: their order for people, their types, and how paths become `file:` URLs and back.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::files {

/// Natural order without case: "Part 2" before "part 10". Total: equal only for equal names.
bool NaturalLess(std::string_view a, std::string_view b);

/// Lower-case extension without its dot; empty when there is none. ".nfo" has none.
std::string ExtensionOf(std::string_view name);

/// "audio" or "video", by lower-case extension.
std::string_view KindOf(std::string_view extension);

/// Whether `name` is valid UTF-8 (RFC 3629) without control characters and backslashes: what a viewer can be shown and
/// can send back.
bool IsPresentable(std::string_view name);

/// \param path  absolute. \returns  "file://" and the path, percent-encoded (RFC 8089).
std::string ToFileUrl(std::string_view path);

/// The decoded path of a `file:` URL, without query and fragment. \returns  nothing for another scheme, a host other
/// than "localhost", a path that is not absolute, and a broken escape.
std::optional<std::string> FromFileUrl(std::string_view url);

}  // namespace sluice::plugins::files
