// SPDX-License-Identifier: MIT
#include "playback_path.hpp"

#include <charconv>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "store/common/info_hash.hpp"
#include "store_codes.hpp"
#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr std::size_t kMaxPathBytes = 8 * 1024;
constexpr std::size_t kMaxFileNameBytes = 1024;
constexpr std::string_view kNoIndex = "-1";

/// In front of the URL that is sealed: nothing else that this component seals opens as one.
constexpr std::string_view kPurpose = "torrent/1\n", kPurposeOfViewer = "viewers-torrent/1\n";

sdk::Error Invalid(std::string_view part, std::string_view wanted) {
  return {.code = sdk::Errc::kInvalidArgument, .message = std::string(part).append(": want ").append(wanted)};
}

std::string IndexText(const std::optional<std::int64_t>& index) {
  return index ? std::to_string(*index) : std::string(kNoIndex);
}

/// The next part of a path, decoded, and what divides it from the next one taken off as well.
sdk::Result<std::string> TakePart(std::string_view& path, std::string_view name) {
  auto part = sdk::PercentDecode(sdk::TakeUpTo(path, '/'));
  return part ? std::move(part) : Invalid(name, "two hex digits after each %");
}

sdk::Status ReadHash(std::string_view text, sdk::SecretsService& secrets, PlaybackPath& out) {
  const auto hash = store::NormalizeHash(sdk::TakeUpTo(text, '-'));
  if (!hash) return Invalid("hash", "40 hex digits");
  out.hash = *hash;
  if (text.empty()) return sdk::Ok();
  const auto sealed = sdk::Base64UrlDecode(text);
  const auto opened = sealed ? secrets.OpenDeterministic(*sealed) : sdk::Result<std::string>(sealed.error());
  if (!opened && opened.error().code != sdk::Errc::kInvalidArgument) return opened.error();
  if (!opened) return Invalid("torrent", "what this server has made");
  out.torrent_of_viewer = opened->starts_with(kPurposeOfViewer);
  const auto purpose = out.torrent_of_viewer ? kPurposeOfViewer : kPurpose;
  if (!opened->starts_with(purpose)) return Invalid("torrent", "what this server has made");
  out.torrent_url = opened->substr(purpose.size());
  return sdk::Ok();
}

sdk::Result<std::optional<std::int64_t>> ReadIndex(std::string_view text) {
  if (text == kNoIndex) return std::optional<std::int64_t>();
  std::uint32_t index = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (fault != std::errc() || end != text.data() + text.size()) return Invalid("file index", "-1, or a number from 0");
  return std::optional<std::int64_t>(index);
}

}  // namespace

std::string PlaybackPath::Text() const {
  return "/" + video.Text() + "/" + store_code + "/" + hash + "/" + torrent_url + "/" + IndexText(file_index) + "/" +
         file_name;
}

sdk::Result<std::string> WritePlaybackPath(const PlaybackPath& path, sdk::SecretsService& secrets) {
  auto out = "/" + sdk::PercentEncode(path.video.Text()) + "/" + path.store_code + "/" + path.hash;
  if (!path.torrent_url.empty()) {
    const auto sealed =
        secrets.SealDeterministic(std::string(path.torrent_of_viewer ? kPurposeOfViewer : kPurpose) + path.torrent_url);
    if (!sealed) return sealed.error();
    out += "-" + sdk::Base64UrlEncode(*sealed);
  }
  out += "/" + IndexText(path.file_index) + "/";
  return out + sdk::PercentEncode(OneLine(path.file_name, kMaxFileNameBytes));
}

sdk::Result<PlaybackPath> ReadPlaybackPath(std::string_view path, sdk::SecretsService& secrets) {
  if (path.size() > kMaxPathBytes || !path.starts_with('/')) return Invalid("path", "/{id}/{store}/{hash}/{index}/");
  path.remove_prefix(1);
  PlaybackPath out;
  const auto id = TakePart(path, "id");
  if (!id) return id.error();
  auto video = ReadVideoId(*id);
  if (!video) return std::move(video).error();
  out.video = *std::move(video);
  auto store = TakePart(path, "store");
  if (!store) return std::move(store).error();
  if (StoreNameOf(*store).empty()) return Invalid("store", "the code of a store");
  out.store_code = *std::move(store);
  const auto hash = TakePart(path, "hash");
  if (!hash) return hash.error();
  if (auto read = ReadHash(*hash, secrets, out); !read) return std::move(read).error();
  const auto index_text = TakePart(path, "file index");
  if (!index_text) return index_text.error();
  const auto index = ReadIndex(*index_text);
  if (!index) return index.error();
  out.file_index = *index;
  auto name = sdk::PercentDecode(path);
  if (!name) return Invalid("file name", "two hex digits after each %");
  if (name->size() > kMaxFileNameBytes || !IsPlainText(*name))
    return Invalid("file name", "text of at most " + std::to_string(kMaxFileNameBytes) + " octets");
  out.file_name = *std::move(name);
  return out;
}

}  // namespace sluice::plugins::stremio
