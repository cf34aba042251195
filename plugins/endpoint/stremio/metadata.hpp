// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Metadata: what a title is called, from an addon that the operator names.

#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/remote/ttl_cache.hpp"

namespace sluice::plugins::stremio {

struct Title {
  std::vector<std::string> names{};  ///< Best first.
  int year = 0;                      ///< 0: not known.
};

/// What the JSON of a "meta" answer says; nothing: it names no title. Source: Stremio addon protocol, meta.
std::optional<Title> ReadTitle(std::string_view json);

/// Asks a Stremio addon that has the resource "meta", as Cinemeta does. Threads: [any].
class Metadata {
 public:
  /// \param url  without a slash at its end; empty: nothing is known of any title.
  Metadata(sdk::Host host, std::string url);

  /// \param type  "movie" or "series". \param id  "tt" and digits. \returns  nothing: it is not known; kUpstreamFailed,
  /// kDeadlineExceeded, kCancelled.
  sdk::Result<std::optional<Title>> Find(const sdk::Call& call, std::string_view type, std::string_view id);

 private:
  sdk::Result<std::optional<Title>> Ask(const sdk::Call& call, std::string_view type, std::string_view id) const;

  const sdk::Host host_;
  const std::string url_;
  remote::TtlCache<std::optional<Title>> known_;
};

}  // namespace sluice::plugins::stremio
