// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The route form: the top-level keys `routes`, `direct_stream`, `secrets` and `sensitive_logging`, as another proxy
/// reads them, turned into listeners, components and pipelines. docs/routes.md says what becomes of each key.

#include <sluice/sdk/text.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/reader.hpp"

namespace sluice::config {

class Graft;
class Twig;

/// The top-level keys of the form that are not native ones as well.
inline constexpr std::string_view kRouteFormKeys[] = {"routes", "direct_stream", "secrets", "sensitive_logging"};

/// Adds what the form's keys mean to the native ones of `document`. The keys themselves stay. A route at fault adds
/// nothing.
void CompileRouteForm(Document& document, Faults& faults);

// ---- the parts it is made of ----

/// `routes[i].upstream` and `direct_stream`, as far as they say how requests leave.
/// \param fetch  takes `retry`. Every function here reports what is wrong.
void ReadRouteRetry(MapReader& around, Twig& fetch, bool referer);
/// \returns  the pattern "a whole number of milliseconds above 0" as a duration text; empty: not set.
std::string ReadMilliseconds(MapReader& map, std::string_view key);
/// `routes[i].upstream`. \param fetch  the fetch step. \param resolve  takes `origin`. \param step  takes `deadline`.
void ReadRouteUpstream(MapReader& route, Twig& resolve, Twig& fetch, Twig& step);
void ReadDirectStream(MapReader& root, Graft& graft);

/// The strings of a list; blank ones are reported in the words of `blank`.
std::vector<Text> ReadFilled(MapReader& map, std::string_view key, std::string_view blank);
/// Without white space around it.
inline std::string Trimmed(std::string_view text) { return std::string(sdk::TrimSpace(text)); }
/// Absent, or a blank text: as a variable that is not set leaves behind.
bool IsUnset(MapReader& map, std::string_view key);

}  // namespace sluice::config
