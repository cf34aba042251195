// SPDX-License-Identifier: MIT
#include "stream.hpp"

#include <array>
#include <cstdio>
#include <initializer_list>
#include <sluice/sdk/text.hpp>
#include <span>
#include <utility>
#include <vector>

#include "flags.hpp"
#include "store_codes.hpp"
#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShownBytes = 300;
constexpr std::size_t kMaxWordBytes = 60;
constexpr std::size_t kMaxFileNameBytes = 512;
constexpr std::size_t kMaxListed = 12;

/// Words of one line, one space between them.
class Line {
 public:
  /// A word behind its sign. Nothing, if it says nothing.
  Line& Add(std::string_view sign, std::string_view text, std::size_t max_bytes = kMaxWordBytes) {
    const auto shown = OneLine(text, max_bytes);
    return shown.empty() ? *this : Sign(std::string(sign).append(sign.empty() ? "" : " ").append(shown));
  }
  Line& Sign(std::string_view sign) {
    if (!text_.empty()) text_ += ' ';
    text_ += sign;
    return *this;
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string Lines(std::initializer_list<std::string> lines) {
  std::string out;
  for (const auto& line : lines) {
    if (line.empty()) continue;
    if (!out.empty()) out += '\n';
    out += line;
  }
  return out;
}

std::string Joined(std::span<const std::string> words, std::string_view between) {
  std::string out;
  for (const auto& word : words.first(std::min(words.size(), kMaxListed))) {
    const auto shown = OneLine(word, kMaxWordBytes);
    if (!shown.empty()) out.append(out.empty() ? "" : between).append(shown);
  }
  return out;
}

std::string Flags(std::span<const std::string> languages) {
  std::vector<std::string> flags;
  for (const auto& language : languages.first(std::min(languages.size(), kMaxListed)))
    flags.push_back(FlagOf(language));
  return Joined(flags, " ");
}

/// "1.4 GB". Empty: 0.
std::string Scaled(std::uint64_t number, double base, std::span<const char* const> units) {
  if (number == 0) return {};
  auto scaled = static_cast<double>(number);
  std::size_t unit = 0;
  for (; scaled >= base && unit + 1 < units.size(); ++unit) scaled /= base;
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), unit == 0 ? "%.0f %s" : "%.2f %s", scaled, units[unit]);
  return out.data();
}

/// As sites count: 1024 at a time.
std::string SizeText(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  return Scaled(bytes, 1024, kUnits);
}

std::string RateText(std::uint64_t bits_per_second) {
  static constexpr const char* kUnits[] = {"bps", "Kbps", "Mbps", "Gbps"};
  return Scaled(bits_per_second, 1000, kUnits);
}

std::string AgeText(const std::optional<std::chrono::seconds>& age) {
  if (!age || age->count() < 0) return {};
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(*age).count();
  return hours < 48 ? std::to_string(hours) + "h" : std::to_string(hours / 24) + "d";
}

std::string NameOf(const Stream& stream, std::string_view addon) {
  Line first;
  if (stream.proxied) first.Sign("✨");
  if (stream.cache == CacheState::kCached) first.Sign("⚡️");
  // Nobody knows whether a store has it; of peers nobody asks.
  if (stream.cache == CacheState::kUnknown && stream.store_code != kPeerToPeer) first.Sign("❔");
  if (!stream.store_code.empty()) first.Sign("[" + sdk::UpperCase(OneLine(stream.store_code, kMaxWordBytes)) + "]");
  if (stream.is_private) first.Sign("🔑");
  return Lines({first.Take(), OneLine(addon, kMaxWordBytes), OneLine(stream.release.resolution, kMaxWordBytes)});
}

std::string LanguagesOf(const titles::Release& release) {
  const auto spoken = Flags(release.languages);
  const auto subtitles = Flags(release.subtitles);
  if (subtitles.empty()) return spoken.empty() ? std::string() : "🌐 " + spoken;
  return Lines({spoken.empty() ? std::string() : "🎙️ " + spoken, "💬 " + subtitles});
}

std::string DescriptionOf(const Stream& stream) {
  const auto& release = stream.release;
  Line picture;
  picture.Add("💿", release.quality).Add("🎞️", release.codec);
  Line sound;
  auto audio = Joined(release.audio, " ");
  const auto channels = Joined(release.channels, " ");
  if (!channels.empty()) audio.append(audio.empty() ? "" : " | ").append(channels);
  sound.Add("📺", Joined(release.hdr, " "), kMaxShownBytes).Add("🎧", audio, kMaxShownBytes);
  Line sizes;
  if (stream.file_size_bytes != stream.size_bytes) sizes.Add("💾", SizeText(stream.file_size_bytes));
  sizes.Add("📦", SizeText(stream.size_bytes)).Add("〽️", RateText(stream.bits_per_second));
  if (stream.seeders) sizes.Add("👤", std::to_string(*stream.seeders));
  sizes.Add("⏱️", AgeText(stream.age));
  Line origin;
  origin.Add("⚙️", release.group);
  OneLine(stream.indexer, kMaxWordBytes).empty() ? origin.Add("🔗", release.site) : origin.Add("🔍", stream.indexer);
  Line file;
  OneLine(stream.file_name, kMaxShownBytes).empty() ? file.Add("📁", stream.name, kMaxShownBytes)
                                                    : file.Add("📄", stream.file_name, kMaxShownBytes);
  return Lines({picture.Take(), sound.Take(), sizes.Take(), LanguagesOf(release), origin.Take(), file.Take()});
}

}  // namespace

bool CanBePeerToPeer(const Stream& stream) {
  return !stream.is_private && stream.file_index && *stream.file_index >= 0;
}

Json StreamObject(const Stream& stream, std::string_view addon, std::string_view url) {
  Json out{{"name", NameOf(stream, addon)}, {"description", DescriptionOf(stream)}};
  if (stream.store_code == kPeerToPeer) {
    out["infoHash"] = stream.hash;
    if (stream.file_index && *stream.file_index >= 0) out["fileIdx"] = *stream.file_index;
  } else {
    out["url"] = url;
  }
  auto hints = Json::object({{"bingeGroup", "torz:" + stream.hash}});
  if (auto name = OneLine(stream.file_name, kMaxFileNameBytes); !name.empty()) hints["filename"] = std::move(name);
  if (stream.file_size_bytes != 0) hints["videoSize"] = stream.file_size_bytes;
  if (auto hash = OneLine(stream.video_hash, kMaxWordBytes); !hash.empty()) hints["videoHash"] = std::move(hash);
  out["behaviorHints"] = std::move(hints);
  return out;
}

Json NoticeObject(std::string_view addon, std::string_view text, std::string_view url) {
  return {{"name", Lines({"⚠️", OneLine(addon, kMaxWordBytes)})},
          {"description", OneLine(text, kMaxShownBytes)},
          {"externalUrl", url}};
}

}  // namespace sluice::plugins::stremio
