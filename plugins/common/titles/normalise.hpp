// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Titles made comparable.

#include <string>
#include <string_view>

namespace sluice::plugins::titles {

/// `title` in small letters, without quotes and diacritics, "&" as "and", one space for all else that is neither letter
/// nor digit, and single letters in a row joined: "Marvel's Agents of S.H.I.E.L.D." is "marvels agents of shield".
///
/// Latin letters with diacritics become plain ones, Greek and Cyrillic capitals small ones; what is composed of several
/// characters (combining marks other than U+0300 to U+036F) and other scripts stay as they are, and so do capitals
/// beyond these three scripts. Nothing is transliterated. Normalising twice changes nothing.
/// \param title  UTF-8; octets that are none stand for a space. Threads: [any].
std::string Normalise(std::string_view title);

}  // namespace sluice::plugins::titles
