// SPDX-License-Identifier: MIT
#include "userdata_url.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

constexpr std::string_view kSealedPrefix = "e.";
constexpr std::string_view kSavedPrefix = "k.";
constexpr std::size_t kMaxSavedId = 64;

/// In front of the JSON that is sealed: nothing else that this component seals opens as a configuration.
constexpr std::string_view kPurpose = "userdata/1\n";

sdk::Error Invalid(const char* message) {
  return {.code = sdk::Errc::kInvalidArgument, .message = std::string("configuration: ") + message};
}

sdk::Error TooLong() { return Invalid("is too long; want at most 16 KiB of URL"); }

bool IsSavedId(std::string_view id) {
  const auto allowed = [](char c) {
    const char lower = sdk::LowerLetter(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !id.empty() && id.size() <= kMaxSavedId && std::ranges::all_of(id, allowed);
}

sdk::Result<UserData> ReadSealed(std::string_view text, sdk::SecretsService& secrets) {
  const auto fault = Invalid("was not sealed by this server, or was changed; configure the addon anew");
  const auto sealed = sdk::Base64UrlDecode(text);
  if (!sealed) return fault;
  const auto opened = secrets.OpenDeterministic(*sealed);
  if (!opened) return opened.error().code == sdk::Errc::kInvalidArgument ? fault : opened.error();
  if (!opened->starts_with(kPurpose)) return fault;
  return ReadUserData(std::string_view{*opened}.substr(kPurpose.size()));
}

sdk::Result<UserData> ReadPlain(std::string text) {
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  const auto json = sdk::Base64Decode(text);
  if (!json) return Invalid("want base64 of a JSON object");
  return ReadUserData(*json);
}

}  // namespace

sdk::Result<Segment> ReadSegment(std::string_view segment, sdk::SecretsService& secrets, bool locked) {
  if (segment.size() > kMaxSegmentBytes) return TooLong();
  auto text = sdk::PercentDecode(segment);
  if (!text) return Invalid("want two hex digits after each %");
  if (text->starts_with(kSavedPrefix)) {
    auto id = text->substr(kSavedPrefix.size());
    if (!IsSavedId(id)) return Invalid("want the name of a saved one after k.");
    return Segment{.form = Form::kSaved, .saved_id = std::move(id)};
  }
  const bool is_sealed = text->starts_with(kSealedPrefix);
  if (!is_sealed && locked)
    return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                      .message =
                          "configuration: this server takes saved and sealed ones only; configure the addon "
                          "anew"};
  auto data = is_sealed ? ReadSealed(std::string_view{*text}.substr(kSealedPrefix.size()), secrets)
                        : ReadPlain(*std::move(text));
  if (!data) return std::move(data).error();
  return Segment{.form = is_sealed ? Form::kSealed : Form::kPlain, .data = *std::move(data)};
}

sdk::Result<std::string> SealedSegment(const UserData& data, sdk::SecretsService& secrets) {
  auto sealed = secrets.SealDeterministic(std::string(kPurpose) + WriteUserData(data));
  if (!sealed) return std::move(sealed).error();
  auto segment = std::string(kSealedPrefix) + sdk::Base64UrlEncode(*sealed);
  if (segment.size() > kMaxSegmentBytes) return TooLong();
  return segment;
}

sdk::Result<std::string> SavedSegment(std::string_view id) {
  if (!IsSavedId(id)) return Invalid("a saved one is named by 1 to 64 letters, digits, - and _");
  return std::string(kSavedPrefix).append(id);
}

}  // namespace sluice::plugins::stremio
