// SPDX-License-Identifier: MIT
#include "keys.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>
#include <string_view>

#include "playlist_text.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::string_view kWidevine = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
constexpr std::string_view kPlayReady = "9a04f079-9840-4286-ab92-e65be0885f95";
constexpr std::string_view kClearKey = "e2719d58-a985-b3c9-781a-b030af78d30e";
constexpr std::string_view kCommon = "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b";

std::string_view MethodOf(const mpd::Protection& protection) {
  if (protection.scheme == "cbcs") return "SAMPLE-AES";
  return protection.scheme == "cenc" || protection.scheme.empty() ? "SAMPLE-AES-CTR" : "";
}

bool IsPlainBase64(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=';
  });
}

/// Without the white space that XML documents break it with.
std::string Joined(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (static_cast<unsigned char>(c) > ' ') out += c;
  return IsPlainBase64(out) ? out : std::string();
}

/// A PlayReady header is what a pssh box of version 0 holds behind 32 octets.
std::string HeaderIn(std::string_view pssh) {
  constexpr std::size_t kHead = 32;
  const auto box = sdk::Base64Decode(Joined(pssh));
  return box && box->size() > kHead && (*box)[8] == 0 ? sdk::Base64Encode(std::string_view(*box).substr(kHead)) : "";
}

/// What an EXT-X-KEY says of a DRM system.
struct Format {
  std::string name{};  ///< Empty: HLS knows none.
  std::string uri{};
};

Format FormatOf(const mpd::DrmSystem& system) {
  const auto pssh = Joined(system.pssh);
  if (system.id == kWidevine && !pssh.empty())
    return {"urn:uuid:" + std::string(kWidevine), "data:text/plain;base64," + pssh};
  if (system.id == kPlayReady) {
    const auto header = system.pro.empty() ? HeaderIn(system.pssh) : Joined(system.pro);
    if (!header.empty()) return {"com.microsoft.playready", "data:text/plain;charset=UTF-16;base64," + header};
  }
  if (system.id == kClearKey && !system.licence_url.empty()) return {"org.w3.clearkey", system.licence_url};
  if (system.id == kCommon && !pssh.empty())
    return {"urn:uuid:" + std::string(kCommon), "data:text/plain;base64," + pssh};
  return {};
}

std::string KeyIdOf(const mpd::Protection& protection) {
  std::string digits;
  for (const char c : protection.key_id)
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) digits += c;
  return digits.size() == 32 ? ",KEYID=0x" + digits : std::string();
}

}  // namespace

bool IsExpressible(const mpd::Protection& protection) {
  return !MethodOf(protection).empty() &&
         std::any_of(protection.systems.begin(), protection.systems.end(),
                     [](const mpd::DrmSystem& system) { return !FormatOf(system).name.empty(); });
}

sdk::Result<std::string> KeyLines(const mpd::Protection& protection, const std::string& base_url, mpd::Linker& linker) {
  std::string out;
  for (const auto& system : protection.systems) {
    auto format = FormatOf(system);
    if (format.name.empty()) continue;
    if (system.id == kClearKey) {
      auto link = linker.Link(base_url, format.uri, {.kind = sdk::LinkKind::kData});
      if (!link) return std::move(link).error();
      if (*link) format.uri = std::move(**link);
      if (!IsQuotable(format.uri)) continue;
    }
    out.append("#EXT-X-KEY:METHOD=").append(MethodOf(protection)).append(",URI=\"").append(format.uri);
    out.append("\",KEYFORMAT=\"").append(format.name).append("\",KEYFORMATVERSIONS=\"1\"").append(KeyIdOf(protection));
    out += '\n';
  }
  return out;
}

}  // namespace sluice::plugins::dash_to_hls
