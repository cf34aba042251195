// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The parts that config::Load is made of.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"
#include "core/config/reader.hpp"

namespace sluice::config {

/// A step that names a component.
struct Reference {
  Text name;
  std::string_view step;                ///< "authenticate"
  std::vector<std::string_view> kinds;  ///< Of component, that the step can use.
};

/// What is read, and what is left to check when everything is.
struct LoadState {
  const Reporter& reporter;
  Config& config;
  std::vector<Reference> references;
  std::vector<Text> listeners;  ///< Named by pipelines.
};

/// The pipeline around a step.
struct PipelineContext {
  LoadState& state;
  const std::string& name;
  /// Of its path template; nothing: the template is at fault.
  std::optional<std::vector<std::string>> captures;
};

/// Names of listeners, components and pipelines: letters, digits and "._-/", a letter or digit first.
bool IsName(std::string_view name);
inline constexpr std::string_view kNameWanted = "want a name of letters, digits, `.`, `_`, `-` and `/`";

/// Reports what is `wrong` with a part of a value, in words that may quote it: left out when the value is secret.
void ReportPart(const Reporter& reporter, const std::string& pointer, std::string wanted, const std::string& wrong);

/// The public URL at `base_url`, without a slash at its end; or empty.
std::string ReadBaseUrl(MapReader& map);

/// Reads `cors`.
std::optional<Cors> ReadCors(MapReader& root);

void ReadComponents(MapReader& root, LoadState& state);

/// Reads `pipelines`, with the components that steps define in place.
void ReadPipelines(MapReader& root, LoadState& state);

/// \returns  nothing when the kind of step is not known; a fault says so.
std::optional<Step> ReadStep(const Json& value, const std::string& pointer, PipelineContext& context);

inline constexpr std::string_view kProxyWanted =
    "a proxy such as socks5h://127.0.0.1:1080 or http://user:password@proxy.example:3128";

/// The proxy's URL at `key`, or empty; host:port alone means socks5h. A fault never quotes it.
/// \param may_be_direct  the word `direct` will do as well.
std::string ReadProxyUrl(MapReader& map, std::string_view key, bool may_be_direct);

/// The value of a `fetch` step.
FetchStep ReadFetch(const Json& value, const std::string& pointer, const Reporter& reporter);

/// Steps that come too early or too late, and pipelines that never reply.
/// \param complete  every step could be read.
void CheckOrder(const Reporter& reporter, const Pipeline& pipeline, bool complete);

/// References, and listeners that share an address. Adds the manifest components that rewrite steps name by their type.
void CheckReferences(LoadState& state);

}  // namespace sluice::config
