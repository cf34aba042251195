// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Indexes: the segments of media in one file, which only its own index knows.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/manifest.hpp>

#include <string>

#include "manifest/common/track.hpp"

namespace sluice::plugins::dash_to_hls {

/// Fetched once for all viewers: what was read is kept for some minutes.
class Indexes {
 public:
  /// All outlive this. \param scope  the MPD's URL: another MPD does not see what this one was given.
  Indexes(const sdk::Call& call, const sdk::Host& host, sdk::ReferenceFetcher* references, std::string scope)
      : call_(call), host_(host), references_(references), scope_(std::move(scope)) {}

  /// Lists the segments of a track of mpd::Addressing::kBase, as far as they are of the Period, and finds its init
  /// section where the MPD does not say. \returns  kUpstreamFailed: there is no index, or it is none.
  sdk::Status Fill(mpd::Track& track, std::optional<mpd::Micros> duration);

 private:
  sdk::Result<std::string> Read(const std::string& url, mpd::ByteRange range);
  sdk::Result<mpd::ByteRange> Find(const std::string& url);
  sdk::Status Collect(const std::string& url, mpd::ByteRange range, unsigned depth, mpd::Track& track);

  const sdk::Call& call_;
  const sdk::Host& host_;
  sdk::ReferenceFetcher* const references_;
  const std::string scope_;
  unsigned fetched_ = 0;
};

}  // namespace sluice::plugins::dash_to_hls
