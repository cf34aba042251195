// SPDX-License-Identifier: MIT
#include "clip_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <limits>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <string>
#include <utility>
#include <vector>

#include "clip_files.hpp"
#include "clips.hpp"

namespace sluice::plugins::stremio {
namespace {

struct Part {
  std::size_t first = 0;
  std::size_t size = 0;  ///< 0: the range lies past the end.
};

/// FNV-1a of 64 bits: it has to tell our own files apart, nobody else's.
std::string EtagOf(std::span<const std::byte> content) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto octet : content) hash = (hash ^ std::to_integer<std::uint64_t>(octet)) * 0x100000001b3;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "\"%016llx\"", static_cast<unsigned long long>(hash));
  return text.data();
}

/// \param clip  position in kClips.
const std::string& Etag(std::size_t clip) {
  static const auto etags = [] {
    std::array<std::string, std::size(kClips)> made;
    std::ranges::transform(kClips, made.begin(), [](std::string_view name) { return EtagOf(ClipFile(name)); });
    return made;
  }();
  return etags[clip];
}

/// RFC 9110 §13.1.2: weak comparison; "*" stands for whatever there is.
bool IsKnown(const sdk::RequestHead& head, std::string_view etag) {
  for (const auto& field : head.headers) {
    if (!sdk::EqualsIgnoreCase(field.name, "If-None-Match")) continue;
    for (auto rest = field.value; !rest.empty();) {
      auto tag = sdk::TrimSpace(sdk::TakeUpTo(rest, ','));
      if (tag.starts_with("W/")) tag.remove_prefix(2);
      if (tag == etag || tag == "*") return true;
    }
  }
  return false;
}

/// \returns  nothing for what is not digits only. What is too large for a number is past every end all the same.
std::optional<std::size_t> Position(std::string_view digits) {
  std::size_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec == std::errc::invalid_argument || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return read.ec == std::errc() ? value : std::numeric_limits<std::size_t>::max();
}

/// RFC 9110 §14.1.2. \returns  nothing: another unit, bad syntax or several ranges, none of which count.
std::optional<Part> ReadRange(std::string_view range, std::size_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!sdk::EqualsIgnoreCase(range.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  auto last_text = sdk::TrimSpace(range.substr(kUnit.size()));
  if (last_text.find('-') == std::string_view::npos) return std::nullopt;
  const auto first_text = sdk::TakeUpTo(last_text, '-');
  const auto first = Position(first_text);
  const auto last = Position(last_text);
  if (first_text.empty()) {
    if (!last) return std::nullopt;
    const auto length = std::min(*last, size);
    return Part{size - length, length};
  }
  if (!first || (!last_text.empty() && !last) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return Part{};
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return Part{*first, end - *first + 1};
}

/// A clip has no date, so that one in If-Range never holds; nor does a weak tag.
std::optional<Part> RangeOf(const sdk::RequestHead& head, std::string_view etag, std::size_t size) {
  if (head.method != "GET") return std::nullopt;
  const auto condition = sdk::FieldValue(head.headers, "If-Range");
  if (!condition.empty() && condition != etag) return std::nullopt;
  return ReadRange(sdk::FieldValue(head.headers, "Range"), size);
}

sdk::Status Refuse(sdk::ResponseWriter& response, std::vector<sdk::Header> headers, std::size_t size) {
  headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
  headers.push_back({"Content-Length", "0"});
  return response.Start(416, headers);
}

}  // namespace

sdk::Status AnswerClip(std::string_view name, const sdk::RequestHead& head, sdk::ResponseWriter& response) {
  constexpr std::string_view kExtension = ".mp4";
  if (name.ends_with(kExtension)) name.remove_suffix(kExtension.size());
  const auto* const clip = std::ranges::find(kClips, name);
  if (clip == std::end(kClips)) return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such clip"};
  const auto content = ClipFile(name);
  const auto& etag = Etag(static_cast<std::size_t>(clip - std::begin(kClips)));

  // With CORS fields of its own it gets none of the pipeline's: these expose what core would.
  std::vector<sdk::Header> headers{
      {"Accept-Ranges", "bytes"},
      {"Access-Control-Allow-Origin", "*"},
      {"Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag, X-Request-Id"},
      {"ETag", etag}};
  const bool known = IsKnown(head, etag);
  const auto part = known ? std::nullopt : RangeOf(head, etag, content.size());
  if (part && part->size == 0) return Refuse(response, std::move(headers), content.size());
  headers.push_back({"Cache-Control", "public, max-age=86400"});
  if (known) return response.Start(304, headers);
  const auto sent = part.value_or(Part{0, content.size()});
  headers.push_back({"Content-Type", "video/mp4"});
  headers.push_back({"Content-Length", std::to_string(sent.size)});
  if (part) {
    headers.push_back({"Content-Range", "bytes " + std::to_string(sent.first) + "-" +
                                            std::to_string(sent.first + sent.size - 1) + "/" +
                                            std::to_string(content.size())});
  }
  if (auto started = response.Start(part ? 206 : 200, headers); !started) return started;
  return response.Write(content.subspan(sent.first, sent.size));
}

}  // namespace sluice::plugins::stremio
