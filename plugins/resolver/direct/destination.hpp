// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Destination: a URL that a viewer brings, taken apart once, for whoever checks it and whoever connects.

#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::direct {

inline constexpr std::size_t kMaxUrlBytes = 16 * 1024;

struct Destination {
  std::string url;  ///< What is fetched: without fragment, raw spaces and non-ASCII octets of path and query escaped.
  std::string scheme;  ///< Lower case.
  std::string host;    ///< Lower case; IPv6 in brackets.
  std::string path;    ///< Raw, at least "/"; without query.

  /// "https://host": what may be shown and logged. Path and query may hold somebody's key.
  std::string Label() const { return scheme + "://" + host; }
};

/// Takes only URLs that every parser reads in the same way.
/// \returns  kInvalidArgument: "invalid destination url: want …"; the message never quotes more than the scheme.
///           kPermissionDenied for a scheme other than http and https.
/// Threads: [any].
sdk::Result<Destination> ParseDestination(std::string_view url);

}  // namespace sluice::plugins::direct
