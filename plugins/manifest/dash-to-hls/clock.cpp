// SPDX-License-Identifier: MIT
#include "clock.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::string_view kScheme = "urn:mpeg:dash:utc:";
constexpr std::size_t kMaxBytes = 4096;
constexpr std::chrono::seconds kKept = std::chrono::minutes(1);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7) as an XML date.
std::string FromHttpDate(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29) return {};
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(8, 3) != kMonths[i]) continue;
    const auto month = std::to_string(i + 1);
    return std::string(text.substr(12, 4)) + (i < 9 ? "-0" : "-") + month + "-" + std::string(text.substr(5, 2)) + "T" +
           std::string(text.substr(17, 8)) + "Z";
  }
  return {};
}

/// Seconds since 1900 and a fraction (RFC 5905 §6), as http-ntp answers it.
std::optional<mpd::Instant> FromNtp(std::string_view octets) {
  constexpr std::int64_t kTo1970 = 2'208'988'800;
  if (octets.size() < 8) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : octets.substr(0, 8)) value = value << 8U | static_cast<unsigned char>(c);
  const auto seconds = static_cast<std::int64_t>(value >> 32U) - kTo1970;
  const auto micros = static_cast<std::int64_t>((value & 0xFFFFFFFFU) * 1'000'000U >> 32U);
  return mpd::Instant(std::chrono::seconds(seconds) + mpd::Micros(micros));
}

std::optional<mpd::Instant> ReadAnswer(std::string_view how, const sdk::HttpResponse& response) {
  if (how == "http-head") {
    for (const auto& [name, value] : response.headers)
      if (sdk::EqualsIgnoreCase(name, "Date")) return mpd::ReadDateTime(FromHttpDate(value));
    return std::nullopt;
  }
  if (how == "http-ntp") return FromNtp(response.body);
  return mpd::ReadDateTime(response.body);
}

std::optional<mpd::Instant> Ask(std::string_view how, std::string_view urls, const mpd::Mpd& mpd,
                                sdk::ReferenceFetcher& references) {
  const auto url = sdk::ResolveReference(mpd.url, urls.substr(0, urls.find(' ')));
  const auto response = references.Fetch({.url = url, .kind = sdk::LinkKind::kData, .max_bytes = kMaxBytes});
  if (!response || response->status != 200) return std::nullopt;
  return ReadAnswer(how, *response);
}

}  // namespace

Now ReadClock(const sdk::Call& call, const sdk::Host& host, const mpd::Mpd& mpd, sdk::ReferenceFetcher* references) {
  const auto own = [&] { return std::chrono::time_point_cast<mpd::Micros>(host.clock().Now()); };
  for (const auto& clock : mpd.clocks) {
    if (!clock.scheme.starts_with(kScheme)) continue;
    const auto how = clock.scheme.substr(kScheme.size(), clock.scheme.rfind(':') - kScheme.size());
    if (how == "direct") {
      if (const auto time = mpd::ReadDateTime(clock.value)) return {*time, true};
      continue;
    }
    if (!how.starts_with("http-") || references == nullptr) continue;
    const auto key = "clock/" + host.secrets().Fingerprint(mpd.url + "\n" + clock.value);
    std::int64_t ahead = 0;
    if (const auto kept = host.kv().Get(call, key); kept && *kept) {
      std::from_chars((*kept)->data(), (*kept)->data() + (*kept)->size(), ahead);
      return {own() + mpd::Micros(ahead), true};
    }
    const auto time = Ask(how, sdk::TrimSpace(clock.value), mpd, *references);
    if (!time) continue;
    ahead = (*time - own()).count();
    if (!host.kv().Put(call, key, std::to_string(ahead), kKept))
      host.Log(sdk::LogLevel::kDebug, "the time of a UTCTiming could not be kept");
    return {*time, true};
  }
  return {own(), false};
}

}  // namespace sluice::plugins::dash_to_hls
