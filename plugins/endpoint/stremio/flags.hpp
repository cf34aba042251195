// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Languages as flags.

#include <string>
#include <string_view>

namespace sluice::plugins::stremio {

/// The flag of the country that players show for a language, as two regional indicators; a language without one, and
/// what is no language ("multi audio"), as it is. \param language  ISO 639-1, or "es-419". Threads: [any].
std::string FlagOf(std::string_view language);

}  // namespace sluice::plugins::stremio
