// SPDX-License-Identifier: MIT
#include "ids.hpp"

#include <algorithm>
#include <charconv>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <span>
#include <system_error>

#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr std::size_t kMaxPathBytes = 4096;
constexpr std::size_t kMaxPartBytes = 512;
constexpr std::size_t kMaxNameBytes = 32;
constexpr std::size_t kMaxExtras = 16;
constexpr std::size_t kMaxImdbDigits = 10;
constexpr std::size_t kMaxListDigits = 9;
constexpr std::size_t kMaxNumberDigits = 5;  ///< The longest shows have some thousands of episodes.
constexpr std::string_view kSuffix = ".json";

sdk::Error Invalid(const char* message) { return {.code = sdk::Errc::kInvalidArgument, .message = message}; }

sdk::Error NoId() {
  return Invalid("id: want tt1234567, tt1234567:season:episode, kitsu:42, kitsu:42:episode, or the same with mal");
}

bool IsNumber(std::string_view text, std::size_t max_digits) {
  return !text.empty() && text.size() <= max_digits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint32_t> ToNumber(std::string_view text) {
  std::uint32_t number = 0;
  if (!IsNumber(text, kMaxNumberDigits)) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

sdk::Result<VideoId> ReadImdb(std::span<const std::string_view> parts) {
  VideoId out{.space = IdSpace::kImdb, .title = std::string(parts[0])};
  if (!IsNumber(parts[0].substr(2), kMaxImdbDigits)) return NoId();
  if (parts.size() == 1) return out;
  if (parts.size() != 3) return NoId();
  out.season = ToNumber(parts[1]);
  out.episode = ToNumber(parts[2]);
  if (!out.season || !out.episode) return NoId();
  return out;
}

sdk::Result<VideoId> ReadListed(IdSpace space, std::span<const std::string_view> parts) {
  if (parts.size() < 2 || parts.size() > 3 || !IsNumber(parts[1], kMaxListDigits)) return NoId();
  const auto zeros = std::min(parts[1].find_first_not_of('0'), parts[1].size() - 1);
  VideoId out{.space = space, .title = std::string(parts[0]).append(":").append(parts[1].substr(zeros))};
  if (parts.size() == 2) return out;
  out.episode = ToNumber(parts[2]);
  if (!out.episode) return NoId();
  return out;
}

/// Undoes escapes. Nothing: what comes out is too long, or no text.
std::optional<std::string> Decoded(std::string_view part) {
  auto text = sdk::PercentDecode(part);
  if (!text || text->size() > kMaxPartBytes || !IsPlainText(*text)) return std::nullopt;
  return *std::move(text);
}

bool IsName(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kMaxNameBytes && std::ranges::all_of(text, allowed);
}

sdk::Status ReadExtras(std::string_view text, ResourcePath& out) {
  while (!text.empty()) {
    auto pair = sdk::TakeUpTo(text, '&');
    if (pair.empty()) continue;
    auto name = Decoded(sdk::TakeUpTo(pair, '='));
    auto value = Decoded(pair);
    if (!name || !value) return Invalid("extra: want name=value pairs of UTF-8, at most 512 octets each");
    if (out.extras.size() == kMaxExtras) return Invalid("extra: want at most 16 pairs");
    out.extras.emplace_back(*std::move(name), *std::move(value));
  }
  return sdk::Ok();
}

}  // namespace

std::string VideoId::Text() const {
  auto out = title;
  for (const auto& number : {season, episode})
    if (number) out.append(":").append(std::to_string(*number));
  return out;
}

sdk::Result<VideoId> ReadVideoId(std::string_view id) {
  std::string_view parts[3];
  std::size_t count = 0;
  if (id.size() > kMaxPartBytes || id.ends_with(':')) return NoId();
  while (!id.empty()) {
    if (count == std::size(parts)) return NoId();
    parts[count++] = sdk::TakeUpTo(id, ':');
  }
  const std::span found(parts, count);
  if (parts[0].starts_with("tt")) return ReadImdb(found);
  if (parts[0] == "kitsu") return ReadListed(IdSpace::kKitsu, found);
  if (parts[0] == "mal") return ReadListed(IdSpace::kMal, found);
  return NoId();
}

sdk::Status CheckType(const VideoId& id, std::string_view type) {
  const bool imdb = id.space == IdSpace::kImdb;
  if (type == "movie")
    return id.episode ? sdk::Status(Invalid("id: names an episode, and type movie has none")) : sdk::Ok();
  if (type == "series") {
    const bool lacks = imdb && !id.episode;
    return lacks ? sdk::Status(Invalid("id: want tt1234567:season:episode for type series")) : sdk::Ok();
  }
  if (type == "anime") return imdb ? sdk::Status(Invalid("id: want kitsu: or mal: for type anime")) : sdk::Ok();
  return Invalid("type: want movie, series or anime");
}

sdk::Result<ResourcePath> ReadResourcePath(std::string_view path) {
  const auto shape = Invalid("path: want /resource/type/id.json or /resource/type/id/extra.json");
  if (path.size() > kMaxPathBytes) return Invalid("path: want at most 4 KiB");
  if (!path.starts_with('/') || !path.ends_with(kSuffix)) return shape;
  path.remove_prefix(1);
  path.remove_suffix(kSuffix.size());
  ResourcePath out;
  const auto resource = sdk::TakeUpTo(path, '/');
  const auto type = sdk::TakeUpTo(path, '/');
  auto id = Decoded(sdk::TakeUpTo(path, '/'));
  if (!IsName(resource) || !IsName(type) || path.find('/') != std::string_view::npos) return shape;
  if (!id || id->empty()) return Invalid("id: want 1 to 512 octets of UTF-8, percent-encoded");
  out.resource = resource;
  out.type = type;
  out.id = *std::move(id);
  if (auto extras = ReadExtras(path, out); !extras) return std::move(extras).error();
  return out;
}

}  // namespace sluice::plugins::stremio
