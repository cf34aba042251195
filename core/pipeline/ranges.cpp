// SPDX-License-Identifier: MIT
#include "core/pipeline/ranges.hpp"

#include <cstdint>
#include <limits>
#include <sluice/sdk/url.hpp>

#include "core/http/head_scanner.hpp"
#include "core/upstream/byte_range.hpp"
#include "core/upstream/client.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::pipeline {
namespace {

/// What signed 64-bit offsets hold: servers differ in what they make of more.
constexpr std::uint64_t kMaxPosition = std::numeric_limits<std::int64_t>::max();

std::optional<std::uint64_t> Position(std::string_view digits) { return upstream::ParsePosition(digits, kMaxPosition); }

/// "a-b", "a-" or "-n".
std::optional<std::string> UsableElement(std::string_view element) {
  const auto dash = element.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = Position(element.substr(0, dash));
  const auto last = Position(element.substr(dash + 1));
  if (dash == 0) return last ? std::optional("-" + std::to_string(*last)) : std::nullopt;
  if (!first) return std::nullopt;
  if (dash + 1 == element.size()) return std::to_string(*first) + "-";
  if (!last || *last < *first) return std::nullopt;
  return std::to_string(*first) + "-" + std::to_string(*last);
}

std::optional<std::string_view> AfterUnit(std::string_view range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!sdk::EqualsIgnoreCase(range.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  return range.substr(kUnit.size());
}

bool IsMultipart(const upstream::Response& response) {
  constexpr std::string_view kType = "multipart/byteranges";
  return sdk::EqualsIgnoreCase(response.Header("Content-Type").substr(0, kType.size()), kType);
}

/// Whether `part` can be the answer to `sent`. Several ranges may be merged into one: only one of them binds.
bool Answers(std::string_view sent, const ContentRange& part) {
  const auto list = AfterUnit(sent);
  if (!list || list->find(',') != std::string_view::npos) return true;
  const auto dash = list->find('-');
  if (dash == 0) {
    const auto wanted = Position(list->substr(1)).value_or(0);
    return !part.total || (part.last + 1 == *part.total && part.first == *part.total - std::min(wanted, *part.total));
  }
  const auto last = Position(list->substr(dash + 1));
  return part.first == Position(list->substr(0, dash)) && (!last || part.last <= *last);
}

sdk::Error Refused(std::string message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "the upstream " + std::move(message)};
}

}  // namespace

std::optional<ContentRange> ParseContentRange(std::string_view value) {
  constexpr std::string_view kUnit = "bytes ";
  if (!sdk::EqualsIgnoreCase(value.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  value = http::TrimSpace(value.substr(kUnit.size()));
  const auto dash = value.find('-');
  const auto slash = value.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return std::nullopt;
  const auto first = Position(value.substr(0, dash));
  const auto last = Position(value.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *last < *first) return std::nullopt;
  ContentRange part{*first, *last, std::nullopt};
  if (value.substr(slash + 1) == "*") return part;
  part.total = Position(value.substr(slash + 1));
  if (!part.total || *part.total <= *last) return std::nullopt;
  return part;
}

std::optional<std::string> UsableRange(std::string_view range) {
  const auto list = AfterUnit(http::TrimSpace(range));
  if (!list) return std::nullopt;
  const auto elements = upstream::ListElements(*list);
  if (elements.empty() || elements.size() > kMaxRanges) return std::nullopt;
  std::string usable;
  for (const auto element : elements) {
    const auto one = UsableElement(element);
    if (!one) return std::nullopt;
    usable += (usable.empty() ? "bytes=" : ",") + *one;
  }
  return usable;
}

sdk::Status CheckParts(std::string_view sent, upstream::Response& response) {
  if (response.status != 206) {
    if (response.status != 416) upstream::DropField(response.headers, "Content-Range");
    return sdk::Ok();
  }
  const auto field = response.Header("Content-Range");
  if (field.empty()) {
    if (IsMultipart(response)) return sdk::Ok();
    return Refused("sent a part (206) without Content-Range");
  }
  const auto part = ParseContentRange(field);
  if (!part) return Refused("sent a part (206) with a Content-Range that cannot be read");
  if (response.content_length && *response.content_length != part->last - part->first + 1) {
    return Refused("sent a part (206) whose Content-Length is not that of its Content-Range");
  }
  if (!sent.empty()) return Answers(sent, *part) ? sdk::Ok() : Refused("sent another part than was asked for");
  if (part->first != 0 || !part->total || part->last + 1 != *part->total) return sdk::Ok();
  response.status = 200;
  response.reason = "OK";
  upstream::DropField(response.headers, "Content-Range");
  return sdk::Ok();
}

}  // namespace sluice::pipeline
