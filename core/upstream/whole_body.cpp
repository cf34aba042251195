// SPDX-License-Identifier: MIT
#include "core/upstream/whole_body.hpp"

#include <vector>

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

}  // namespace

sdk::Result<std::string> ReadWhole(Response& response, std::string_view method, std::size_t limit) {
  const bool announced = response.content_length && method != "HEAD" && response.status != 304;
  if (announced && *response.content_length > limit) return TooLong(response, limit);
  std::string body;
  std::vector<std::byte> chunk(limit < kChunkBytes ? limit + 1 : kChunkBytes);
  for (;;) {
    auto got = response.body->Read(chunk);
    if (!got) return std::move(got).error();
    if (*got == 0) return body;
    if (*got > limit - body.size()) return TooLong(response, limit);
    body.append(reinterpret_cast<const char*>(chunk.data()), *got);
  }
}

}  // namespace sluice::upstream
