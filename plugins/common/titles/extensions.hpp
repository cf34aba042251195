// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the ends of file names say of the files.

#include <string>
#include <string_view>

namespace sluice::plugins::titles {

/// In lower case, without the dot; at most five octets. Empty: the name has none.
std::string ExtensionOf(std::string_view name);

/// \param extension  as ExtensionOf has it.
bool IsVideoExtension(std::string_view extension);

/// Of what lies beside videos: subtitles, descriptions, archives, images of discs.
bool IsCompanionExtension(std::string_view extension);

}  // namespace sluice::plugins::titles
