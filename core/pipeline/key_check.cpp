// SPDX-License-Identifier: MIT
#include "core/pipeline/key_check.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/http/server.hpp"
#include "core/pipeline/content_coding.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/pipeline/prefixed_body.hpp"
#include "core/pipeline/ranges.hpp"
#include "core/pipeline/steps.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::size_t kKeyBytes = 16;
/// No coding makes more of a key.
constexpr std::size_t kMaxCodedBytes = 1024;

std::string Octets(std::uint64_t count) { return std::to_string(count) + " octets"; }

/// Counts what a body holds when its coding is undone, and puts back what it read of it.
sdk::Status CheckBody(upstream::Response& response, std::string_view coding) {
  const sdk::Error longer{.code = sdk::Errc::kUpstreamFailed, .message = "longer than 16 octets"};
  std::string room;
  auto text = response.body->at_hand();
  if (!text) {
    const auto enough = coding.empty() ? kKeyBytes : kMaxCodedBytes;
    if (auto read = upstream::ReadUpTo(*response.body, enough + 1, room); !read) return read;
    response.body = std::make_unique<PrefixedBody>(room, std::move(response.body));
    if (room.size() > enough) return longer;
    text = room;
  }
  auto size = text->size();
  if (!coding.empty()) {
    const auto decoded = DecodeContent(std::string(*text), coding, kKeyBytes);
    if (!decoded) return decoded.error();
    if (decoded->size() > kKeyBytes) return longer;
    size = decoded->size();
  }
  if (size == kKeyBytes) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = Octets(size)};
}

/// \returns  what it is instead.
sdk::Status CheckLength(const Exchange& exchange, upstream::Response& response) {
  const auto coding = std::string(response.Header("Content-Encoding"));
  std::optional<std::uint64_t> length;
  if (response.status == 206) {
    const auto part = ParseContentRange(response.Header("Content-Range"));
    length = part ? part->total : std::nullopt;
  } else if (coding.empty()) {
    length = response.content_length;
  }
  if (length && coding.empty()) {
    if (*length == kKeyBytes) return sdk::Ok();
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = Octets(*length)};
  }
  if (response.status == 206 || exchange.viewer.method() == "HEAD") return sdk::Ok();  // it does not say
  return CheckBody(response, coding);
}

}  // namespace

sdk::Status CheckKey(const Exchange& exchange, upstream::Response& response) {
  if (!exchange.link || exchange.link->kind != sdk::LinkKind::kKey) return sdk::Ok();
  if (response.status != 200 && response.status != 206) return sdk::Ok();
  // A plugin that mints links to a pipeline without rewriters may call a key what it likes.
  if (exchange.pipeline.Find(config::Step::Kind::kRewrite) == nullptr) return sdk::Ok();
  const auto checked = CheckLength(exchange, response);
  if (checked || checked.error().code != sdk::Errc::kUpstreamFailed) return checked;
  return UpstreamFailed(exchange, response.url, "no key of 16 octets: " + checked.error().message);
}

}  // namespace sluice::pipeline
