// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Text of strangers: what of it may be shown, and how much.

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::plugins::stremio {

/// Controls (C0, C1, DEL), the ends of lines and paragraphs (U+2028, U+2029), and what turns the direction of the text
/// around it (U+202A to U+202E, U+2066 to U+2069), so that a name looks like another.
bool IsControl(char32_t character);

/// Whether `text` is UTF-8 and holds no such character. Threads: [any].
bool IsPlainText(std::string_view text);

/// `text` as one line: UTF-8 without controls, one space for white space and for each run of what was left out, none
/// at its ends.
/// \param max_bytes  at least 3. A longer text is cut behind a whole character and ends in "…". Threads: [any].
std::string OneLine(std::string_view text, std::size_t max_bytes);

}  // namespace sluice::plugins::stremio
