// SPDX-License-Identifier: MIT
#include "codecs.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "common/isobmff/codecs.hpp"
#include "fetch_part.hpp"
#include "manifest/common/init_section.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::uint64_t kMaxInitBytes = 1024 * 1024;
/// Of a file whose init section the MPD says nothing of.
constexpr std::uint64_t kProbeBytes = 64 * 1024;
constexpr unsigned kMaxFetches = 64;
constexpr std::chrono::seconds kKept = std::chrono::minutes(10);
/// How long it is not asked again for what did not come.
constexpr std::chrono::seconds kKeptFailure{30};
constexpr std::chrono::milliseconds kPoll{50};

class Flight {
 public:
  Flight(CodecFlights& flights, const sdk::Call& call, const std::string& key)
      : flights_(flights), key_(key), first_(flights.Begin(call, key)) {}
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  ~Flight() {
    if (first_) flights_.Land(key_);
  }

  bool first() const { return first_; }

 private:
  CodecFlights& flights_;
  const std::string& key_;
  const bool first_;
};

}  // namespace

bool CodecFlights::Begin(const sdk::Call& call, const std::string& key) {
  std::unique_lock lock(mutex_);
  if (under_way_.insert(key).second) return true;
  while (under_way_.contains(key) && !call.cancelled() && !call.expired()) landed_.wait_for(lock, kPoll);
  return false;
}

void CodecFlights::Land(const std::string& key) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(key);
  landed_.notify_all();
}

const std::string& Codecs::Of(const mpd::Representation& one) {
  if (!one.codecs.empty() || !one.mime_type.ends_with("/mp4")) return one.codecs;
  const auto [entry, fresh] = read_.try_emplace(&one);
  if (!fresh || references_ == nullptr) return entry->second;
  if (const auto place = PlaceOf(one)) entry->second = Read(*place);
  return entry->second;
}

/// Nothing: segments bring it themselves, or it is longer than any.
std::optional<Codecs::Place> Codecs::PlaceOf(const mpd::Representation& one) {
  const auto info = mpd::SegmentInfoOf(one.node);
  const auto init = mpd::ReadInitSection(info, {one.id, one.bandwidth});
  if (!init) return std::nullopt;
  if (*init) {
    auto url = mpd::UrlOf(**init, one.base_url);
    const auto range = (*init)->range.value_or(mpd::ByteRange{});
    if (!url || range.length > kMaxInitBytes) return std::nullopt;
    const bool whole_file = !(*init)->range && info.addressing == mpd::Addressing::kBase;
    return Place{std::move(*url), whole_file ? mpd::ByteRange{0, kProbeBytes} : range};
  }
  if (info.addressing != mpd::Addressing::kBase) return std::nullopt;
  const auto index = mpd::ReadRange(info.Value("indexRange"));
  return Place{one.base_url, {0, index && index->offset > 0 ? std::min(index->offset, kMaxInitBytes) : kProbeBytes}};
}

std::string Codecs::Read(const Place& place) {
  const auto key =
      "codecs/" + host_.secrets().Fingerprint(scope_ + "\n" + place.url + "\n" + std::to_string(place.range.offset) +
                                              "+" + std::to_string(place.range.length));
  if (auto kept = host_.kv().Get(call_, key); kept && *kept && !(*kept)->empty()) return std::move(**kept);
  const Flight flight(flights_, call_, key);
  // Meanwhile somebody else may have been there.
  if (auto kept = host_.kv().Get(call_, key); kept && *kept) return std::move(**kept);
  if (!flight.first() || failed_ || ++fetched_ > kMaxFetches) return {};
  return Fetch(place, key);
}

std::string Codecs::Fetch(const Place& place, const std::string& key) {
  const auto keep = [&](const std::string& codecs, std::chrono::seconds how_long) {
    if (!host_.kv().Put(call_, key, codecs, how_long))
      host_.Log(sdk::LogLevel::kDebug, "the codecs of an init section could not be kept");
  };
  // Before it is fetched: who runs out of time over it leaves a word for the next one.
  keep({}, kKeptFailure);
  const auto octets = FetchPart(references_, place.url, place.range, kMaxInitBytes * 4, sdk::LinkKind::kInit);
  failed_ = !octets && octets.error().upstream_status == 0;
  auto codecs = octets ? isobmff::ReadCodecs(sdk::AsBytes(*octets)) : sdk::Result<std::string>(octets.error());
  if (!codecs) {
    host_.Log(sdk::LogLevel::kWarning, "an MPD names no codecs, and its init section tells none",
              {{"error", codecs.error().message}});
    if (octets) keep({}, kKept);
    return {};
  }
  keep(*codecs, kKept);
  return std::move(*codecs);
}

}  // namespace sluice::plugins::dash_to_hls
