// SPDX-License-Identifier: MIT
#include "core/state/links.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/url.hpp>

#include "core/state/secrets.hpp"

namespace sluice::state {
namespace {

constexpr std::string_view kPurpose = "links";
constexpr std::uint8_t kVersion = 5;
/// Longer ones are no names of files any more.
constexpr std::size_t kMaxExtension = 8;

void PutNumber(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
  out += static_cast<char>(value);
}

void PutText(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out += text;
}

/// Reads what Put wrote; stops at the first octet that does not fit.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::uint64_t Number() {
    std::uint64_t value = 0;
    for (unsigned int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto octet = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(octet & 0x7FU) << shift;
      if ((octet & 0x80U) == 0) return value;
    }
    good_ = false;
    return 0;
  }

  std::string Text() {
    const auto size = Number();
    if (size > rest_.size()) {
      good_ = false;
      return {};
    }
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }

  bool done() const { return good_ && rest_.empty(); }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

/// Optional texts take one octet when they are empty. The URL stands last and needs no length.
std::string Encode(const LinkTarget& target) {
  std::string out;
  out.reserve(target.url.size() + target.pipeline.size() + target.subject.size() + target.context.size() + 32);
  out += static_cast<char>(kVersion);
  out += static_cast<char>(target.kind);
  PutNumber(out, static_cast<std::uint64_t>(target.expires_at.time_since_epoch().count()));
  PutText(out, target.pipeline);
  PutText(out, target.subject);
  PutText(out, target.context);
  PutText(out, target.note);
  PutText(out, target.home);
  PutText(out, target.backend);
  PutText(out, target.session);
  PutNumber(out, target.scopes.size());
  for (const auto& scope : target.scopes) PutText(out, scope);
  PutNumber(out, target.is_template ? target.variants.size() + 1 : 0);
  for (const auto& variant : target.variants) {
    PutText(out, variant.representation_id);
    PutNumber(out, variant.bandwidth);
  }
  PutText(out, target.url);
  return out;
}

std::optional<LinkTarget> Decode(std::string_view text) {
  Reader reader(text);
  LinkTarget target;
  if (reader.Number() != kVersion) return std::nullopt;
  const auto kind = reader.Number();
  if (kind > static_cast<std::uint64_t>(sdk::LinkKind::kData)) return std::nullopt;
  target.kind = static_cast<sdk::LinkKind>(kind);
  target.expires_at = sdk::Seconds(std::chrono::seconds(reader.Number()));
  target.pipeline = reader.Text();
  target.subject = reader.Text();
  target.context = reader.Text();
  target.note = reader.Text();
  target.home = reader.Text();
  target.backend = reader.Text();
  target.session = reader.Text();
  const auto scopes = reader.Number();
  for (std::uint64_t i = 0; i < scopes && reader.good(); ++i) target.scopes.push_back(reader.Text());
  const auto variants = reader.Number();
  target.is_template = variants > 0;
  for (std::uint64_t i = 1; i < variants && reader.good(); ++i) {
    auto id = reader.Text();
    target.variants.push_back({std::move(id), reader.Number()});
  }
  target.url = reader.Text();
  if (!reader.done()) return std::nullopt;
  return target;
}

struct LinkName {
  std::string_view stem;
  std::string_view extension;  ///< For a target that has none of its own that players know.
};

LinkName LinkNameOf(sdk::LinkKind kind) {
  switch (kind) {
    case sdk::LinkKind::kManifest:
      return {"manifest", "m3u8"};
    case sdk::LinkKind::kSegment:
      return {"segment", "ts"};
    case sdk::LinkKind::kInit:
      return {"init", "mp4"};
    case sdk::LinkKind::kKey:
      return {"key", "key"};
    case sdk::LinkKind::kSubtitle:
      return {"subtitle", "vtt"};
    case sdk::LinkKind::kImage:
      return {"image", "jpg"};
    case sdk::LinkKind::kData:
      return {"data", "json"};
  }
  return {"link", "bin"};
}

bool IsExtension(std::string_view text) {
  return !text.empty() && text.size() <= kMaxExtension &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

/// A name for players that judge by extension (FFmpeg's hls demuxer refuses unusual ones). It is decoration: the token
/// alone decides. Nothing of the target's path but such an extension shows, because any part of a path may be a key, as
/// in /dl/<key>.ts.
std::string Name(const LinkTarget& target) {
  static constexpr std::array<std::string_view, 21> kPlain = {"m3u8", "mpd",  "ts",   "m2ts", "m4s",  "mp4",  "m4v",
                                                              "m4a",  "cmfv", "cmfa", "aac",  "mp3",  "ac3",  "ec3",
                                                              "vtt",  "key",  "jpg",  "png",  "json", "webm", "webvtt"};
  const auto name = LinkNameOf(target.kind);
  if (IsExtension(target.extension)) return std::string(name.stem) + "." + target.extension;
  const auto own = sdk::PathExtension(target.url);
  const bool plain = std::find(kPlain.begin(), kPlain.end(), own) != kPlain.end();
  return std::string(name.stem) + "." + (plain ? own : std::string(name.extension));
}

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// Identifiers in front of the path would let a viewer choose whom the gateway talks to.
bool StandsBehindAuthority(std::string_view url) {
  const auto authority = url.find("://");
  if (authority == std::string_view::npos) return false;
  return url.find('$') > url.find_first_of("/?#", authority + 3);
}

sdk::Result<sdk::UrlTemplate> ReadTemplate(const LinkTarget& target) {
  auto parsed = sdk::UrlTemplate::Parse(target.url);
  if (!parsed) return parsed;
  if (!StandsBehindAuthority(target.url)) return Invalid("URL template: want identifiers in path and query only");
  const bool by_id = parsed->Uses(sdk::TemplateField::kRepresentationId);
  if ((by_id || parsed->Uses(sdk::TemplateField::kBandwidth)) && target.variants.empty()) {
    return Invalid("variants: want those that the URL template may be filled with");
  }
  const bool plain = std::all_of(target.variants.begin(), target.variants.end(), [](const LinkVariant& variant) {
    return sdk::IsPlainRepresentationId(variant.representation_id);
  });
  if (by_id && !plain) return Invalid("variants: want RepresentationIDs that can stand in a path");
  return parsed;
}

/// Replaces the template by the URL that the player filled in. \param path  behind the token: "v1/42/segment.m4s".
/// \returns  whether the template stands for it.
bool FillIn(std::string_view path, LinkTarget& target) {
  const auto parsed = ReadTemplate(target);
  if (!parsed) return false;
  std::string_view filled;
  if (!parsed->fields().empty()) {
    const auto name = path.rfind('/');
    if (name == std::string_view::npos) return false;
    filled = path.substr(0, name);
  }
  std::vector<sdk::TemplateVariant> variants;
  for (const auto& variant : target.variants) variants.push_back({variant.representation_id, variant.bandwidth});
  const auto values = parsed->Match(filled, variants);
  if (!values) return false;
  target.url = parsed->Expand(*values);
  target.is_template = false;
  target.variants.clear();
  return true;
}

}  // namespace

sdk::Seconds LinkExpiry(std::chrono::system_clock::time_point now, std::chrono::seconds ttl) {
  const auto hours = std::chrono::ceil<std::chrono::hours>(now.time_since_epoch() + ttl);
  return sdk::Seconds(std::chrono::duration_cast<std::chrono::seconds>(hours));
}

std::string_view NameOf(sdk::LinkKind kind) { return LinkNameOf(kind).stem; }

std::optional<std::string_view> AfterLinkPrefix(std::string_view path) {
  for (const auto prefix : {kLinkPrefix, std::string_view("/%7E/"), std::string_view("/%7e/")}) {
    if (path.starts_with(prefix)) return path.substr(prefix.size());
  }
  return std::nullopt;
}

sdk::Result<std::string> MintLink(const Secrets& secrets, const LinkTarget& target) {
  std::string filled;
  if (target.is_template) {
    const auto parsed = ReadTemplate(target);
    if (!parsed) return parsed.error();
    filled = parsed->Placeholders();
  }
  auto token = secrets.SealDeterministic(kPurpose, Encode(target));
  if (!token) return std::move(token).error();
  std::string out(kLinkPrefix);
  out += sdk::Base64UrlEncode(*token);
  out += '/';
  if (!filled.empty()) out.append(filled).append("/");
  out += Name(target);
  return out;
}

sdk::Result<LinkTarget> OpenLink(const Secrets& secrets, std::string_view path, sdk::Seconds now) {
  const sdk::Error forged{.code = sdk::Errc::kNotFound, .message = "no such link"};
  const auto rest = AfterLinkPrefix(path);
  if (!rest) return forged;
  const auto token = std::min(rest->find('/'), rest->size());
  const auto sealed = sdk::Base64UrlDecode(rest->substr(0, token));
  if (!sealed) return forged;
  const auto plain = secrets.OpenDeterministic(kPurpose, *sealed);
  if (!plain) return forged;
  auto target = Decode(*plain);
  if (!target) return forged;
  if (target->is_template && !FillIn(rest->substr(std::min(token + 1, rest->size())), *target)) return forged;
  if (target->expires_at <= now) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "this link has expired"};
  }
  return std::move(*target);
}

}  // namespace sluice::state
