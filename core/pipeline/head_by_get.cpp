// SPDX-License-Identifier: MIT
#include "core/pipeline/head_by_get.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/upstream/fields.hpp"

namespace sluice::pipeline {
namespace {

/// Not among them: 404, 410 and 451, which GET would be told too, and 429 and 503, which more requests do not help.
constexpr std::array<int, 6> kOfMethod = {400, 403, 405, 500, 501, 502};

struct NoBody final : upstream::Body {
  sdk::Result<std::size_t> Read(std::span<std::byte>) override { return std::size_t{0}; }
};

/// What follows the "/" of a Content-Range; nothing for "*".
std::optional<std::uint64_t> TotalOf(std::string_view content_range) {
  const auto slash = content_range.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto digits = content_range.substr(slash + 1);
  std::uint64_t total = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), total);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return total;
}

}  // namespace

bool RefusesHead(const upstream::Request& request, const upstream::Response& response) {
  return request.method == "HEAD" && std::find(kOfMethod.begin(), kOfMethod.end(), response.status) != kOfMethod.end();
}

upstream::Request FirstOctet(upstream::Request head) {
  head.method = "GET";
  upstream::DropField(head.headers, "Range");
  head.headers.push_back({"Range", "bytes=0-0"});
  return head;
}

upstream::Response HeadOfPart(upstream::Response part) {
  part.body = std::make_unique<NoBody>();
  const auto total = TotalOf(part.Header("Content-Range"));
  const bool empty = part.status == 416 && total && *total == 0;
  if (part.status != 206 && !empty) return part;
  part.status = 200;
  part.reason = "OK";
  part.content_length = total;
  upstream::DropField(part.headers, "Content-Range");
  upstream::DropField(part.headers, "Content-Length");
  return part;
}

}  // namespace sluice::pipeline
