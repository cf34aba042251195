// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pathway clones (RFC 8216bis §7.3): a player that makes one changes host and query of the links that it was given, so
/// what it is to change them to is a sealed parameter, and the gateway changes the URLs behind the links.

#include <sluice/sdk/result.hpp>
#include <sluice/sdk/services.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::hls {

inline constexpr std::string_view kPathwayParam = "_sluice_pathway";

/// HOST and PARAMS of a clone, with those of the clones that it is a clone of.
struct Pathway {
  std::string host{};  ///< "cdn.example" keeps the port, "cdn.example:8443" does not. Empty: as it is.
  std::vector<std::pair<std::string, std::string>> params{};  ///< As they are meant, not encoded.
};

/// Whether a host may stand in a URL as it is, with or without a port.
bool IsHost(std::string_view host);

/// \param scope  of the multivariant playlist whose links may be moved.
/// \returns  the value of kPathwayParam.
sdk::Result<std::string> SealPathway(std::string_view scope, const Pathway& pathway, sdk::SecretsService& secrets);

/// `url`, which a link with `note` leads to, as the pathway `sealed` has it. A link that no pathway applies to, such as
/// one that a clone names itself, stays as it is.
/// \returns  kNotFound: no pathway of the link's playlist.
sdk::Result<std::string> MoveToPathway(std::string_view url, std::string_view note, std::string_view sealed,
                                       sdk::SecretsService& secrets);

/// Puts `pair` ("name=value", encoded) into the query of `url`, in place of every parameter called `name`.
void SetQueryParam(std::string_view name, std::string_view pair, std::string& url);

}  // namespace sluice::plugins::hls
