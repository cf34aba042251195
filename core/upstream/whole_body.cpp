// SPDX-License-Identifier: MIT
#include "core/upstream/whole_body.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "core/upstream/target.hpp"

namespace sluice::upstream {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

sdk::Error TooLong(const Response& response, std::size_t limit) {
  const auto target = ParseTarget(response.url);
  const auto peer = target ? target->origin.Label() : std::string("upstream");
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = peer + ": want a body of at most " + std::to_string(limit) + " octets",
          .upstream_status = static_cast<std::uint32_t>(response.status)};
}

/// \param read  as Body::ReadNow.
template <typename Read>
std::optional<sdk::Status> Fill(std::size_t bytes, std::string& text, const Read& read) {
  const auto chunk = std::make_unique_for_overwrite<std::byte[]>(kChunkBytes);
  while (text.size() < bytes) {
    const std::optional<sdk::Result<std::size_t>> size =
        read(std::span(chunk.get(), std::min(kChunkBytes, bytes - text.size())));
    if (!size) return std::nullopt;
    if (!*size) return size->error();
    if (**size == 0) break;
    text.append(reinterpret_cast<const char*>(chunk.get()), **size);
  }
  return sdk::Ok();
}

}  // namespace

sdk::Error TooLate() {
  return {.code = sdk::Errc::kDeadlineExceeded, .message = "upstream: want a body that comes in time"};
}

sdk::Status ReadUpTo(Body& body, std::size_t bytes, std::string& text, std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  const auto read = [&](std::span<std::byte> room) -> std::optional<sdk::Result<std::size_t>> {
    auto size = body.Read(room);
    if (size && *size > 0 && std::chrono::steady_clock::now() >= until) return TooLate();
    return size;
  };
  return *Fill(bytes, text, read);
}

std::optional<sdk::Status> ReadNowUpTo(Body& body, std::size_t bytes, std::string& text) {
  return Fill(bytes, text, [&](std::span<std::byte> room) { return body.ReadNow(room); });
}

sdk::Result<sdk::HttpResponse> ReadWhole(Response response, std::string_view method, std::size_t limit) {
  const bool announced = response.content_length && method != "HEAD" && response.status != 304;
  if (announced && *response.content_length > limit) return TooLong(response, limit);
  std::string body;
  const auto more = limit + (limit < std::numeric_limits<std::size_t>::max() ? 1 : 0);
  if (auto read = ReadUpTo(*response.body, more, body); !read) return std::move(read).error();
  if (body.size() > limit) return TooLong(response, limit);
  return sdk::HttpResponse{.status = response.status,
                           .url = std::move(response.url),
                           .headers = std::move(response.headers),
                           .body = std::move(body)};
}

}  // namespace sluice::upstream
