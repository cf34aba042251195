// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Codecs: what an MPD does not say of its Representations, and their init sections do.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/manifest.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "manifest/common/addressing.hpp"
#include "manifest/common/mpd.hpp"

namespace sluice::plugins::dash_to_hls {

/// Which init sections are being fetched by this instance: who wants the same one waits for it. Threads: [any].
class CodecFlights {
 public:
  /// \returns  true: the caller is to fetch it, and to call Land; false: somebody did meanwhile, or the call ended.
  bool Begin(const sdk::Call& call, const std::string& key);
  void Land(const std::string& key);

 private:
  std::mutex mutex_;
  std::condition_variable landed_;
  std::set<std::string> under_way_;
};

/// For one MPD. Read once for all viewers, and kept for some minutes. What cannot be read is not known: a playlist does
/// without. Threads: one.
class Codecs {
 public:
  /// All outlive this. \param references  null: nothing is read. \param scope  the MPD's URL: another MPD does not see
  /// what this one was given.
  Codecs(const sdk::Call& call, const sdk::Host& host, CodecFlights& flights, sdk::ReferenceFetcher* references,
         std::string scope)
      : call_(call), host_(host), flights_(flights), references_(references), scope_(std::move(scope)) {}

  /// Of a Representation in MP4: the MPD's, or those of its init section. Empty: nobody says.
  const std::string& Of(const mpd::Representation& one);

 private:
  /// Octets of a file.
  struct Place {
    std::string url;
    mpd::ByteRange range{};  ///< Of length 0: to the end.
  };

  static std::optional<Place> PlaceOf(const mpd::Representation& one);
  std::string Read(const Place& place);
  std::string Fetch(const Place& place, const std::string& key);

  const sdk::Call& call_;
  const sdk::Host& host_;
  CodecFlights& flights_;
  sdk::ReferenceFetcher* const references_;
  const std::string scope_;
  std::map<const mpd::Representation*, std::string> read_;
  unsigned fetched_ = 0;
  bool failed_ = false;  ///< What did not come once keeps nobody waiting a second time.
};

}  // namespace sluice::plugins::dash_to_hls
