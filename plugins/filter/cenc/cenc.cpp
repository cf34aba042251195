// SPDX-License-Identifier: MIT
#include "cenc.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "media_body.hpp"

namespace sluice::plugins::cenc {
namespace {

std::string_view HeaderOf(const sdk::ResponseHead& head, std::string_view name) {
  for (const auto& field : head.headers) {
    if (sdk::EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return {};
}

/// Types of what is certainly no such file. Anything else is judged by its first octets: origins give media any type.
bool IsForeignType(std::string_view type) {
  constexpr std::array<std::string_view, 8> kForeign = {"text/",
                                                        "image/",
                                                        "application/json",
                                                        "application/vnd.apple.mpegurl",
                                                        "application/x-mpegurl",
                                                        "audio/mpegurl",
                                                        "application/dash+xml",
                                                        "video/mp2t"};
  const auto begins = [&](std::string_view prefix) {
    return sdk::EqualsIgnoreCase(type.substr(0, prefix.size()), prefix);
  };
  return std::any_of(kForeign.begin(), kForeign.end(), begins);
}

bool MayBeMedia(const sdk::ResponseHead& head) {
  if (head.status != 200 && head.status != 206) return false;
  return HeaderOf(head, "Content-Encoding").empty() && !IsForeignType(HeaderOf(head, "Content-Type"));
}

/// Of "bytes 100-199/1000", the first number.
std::optional<std::uint64_t> PartBegin(std::string_view content_range) {
  constexpr std::string_view kUnit = "bytes ";
  if (!sdk::EqualsIgnoreCase(content_range.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  content_range.remove_prefix(kUnit.size());
  std::uint64_t begin = 0;
  const auto parsed = std::from_chars(content_range.data(), content_range.data() + content_range.size(), begin);
  if (parsed.ec != std::errc() || parsed.ptr == content_range.data() + content_range.size() || *parsed.ptr != '-') {
    return std::nullopt;
  }
  return begin;
}

/// The configured keys.
class ConfiguredKeys final : public KeySource {
 public:
  explicit ConfiguredKeys(const KeyRing& keys) : keys_(keys) {}

  sdk::Result<Block> Find(const Block& kid) override {
    if (const auto* const key = keys_.Find(kid)) return *key;
    if (const auto* const key = keys_.for_all()) return *key;
    return sdk::Error{.code = sdk::Errc::kNotFound, .message = "media: no key for key id " + HexOf(kid)};
  }

 private:
  const KeyRing& keys_;
};

}  // namespace

sdk::Result<std::unique_ptr<Cenc>> Cenc::Create(sdk::Host host, const sdk::Config& config) {
  auto keys = KeyRing::Read(config);
  if (!keys) return std::move(keys).error();
  return std::unique_ptr<Cenc>(new Cenc(std::move(host), std::move(*keys)));
}

/// What the upstream says of the octets does not hold for the decrypted ones.
sdk::Status Cenc::OnResponse(const sdk::Call&, const sdk::ResponseHead& head, sdk::HeadEdit& edit) {
  if (!MayBeMedia(head)) return sdk::Ok();
  for (const auto* const name : {"Content-MD5", "Digest", "Content-Digest", "Repr-Digest"}) edit.Remove(name);
  return sdk::Ok();
}

sdk::Result<std::unique_ptr<sdk::BodyTransform>> Cenc::OpenBody(const sdk::Call&, const sdk::ResponseHead& head) {
  if (!MayBeMedia(head)) return std::unique_ptr<sdk::BodyTransform>{};
  MediaOptions options{.init = nullptr, .position = 0, .is_part = head.status == 206};
  if (options.is_part) {
    const auto begin = PartBegin(HeaderOf(head, "Content-Range"));
    if (!begin) {
      return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "media: want one part at a time, or the whole"};
    }
    options.position = *begin;
  }
  std::unique_ptr<KeySource> keys = std::make_unique<ConfiguredKeys>(keys_);
  return std::unique_ptr<sdk::BodyTransform>(
      std::make_unique<MediaBody>(std::move(keys), std::move(options), MediaBody::Learn{}));
}

}  // namespace sluice::plugins::cenc
