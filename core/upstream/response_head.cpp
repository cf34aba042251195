// SPDX-License-Identifier: MIT
#include "core/upstream/response_head.hpp"

#include <algorithm>

#include "core/http/head_scanner.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;
using http::Fault;

constexpr std::size_t kUsualFields = 16;

/// Some origins and caches say the same Content-Length twice. That is not ambiguous (RFC 9110 §8.6).
void MergeEqualLengths(std::vector<sdk::Field>& fields) {
  const auto is_length = [](const sdk::Field& field) { return EqualNoCase(field.name, "Content-Length"); };
  const auto first = std::find_if(fields.begin(), fields.end(), is_length);
  if (first == fields.end()) return;
  const auto value = first->value;
  fields.erase(std::remove_if(first + 1, fields.end(),
                              [&](const sdk::Field& field) { return is_length(field) && field.value == value; }),
               fields.end());
}

bool KeepsAlive(std::span<const std::string_view> connection_options, int minor) {
  return !IsOneOf(connection_options, "close") && (minor >= 1 || IsOneOf(connection_options, "keep-alive"));
}

}  // namespace

Fault ParseResponseHead(std::string_view head, bool to_head, ResponseHead& out) {
  http::HeadParts parts;
  if (const auto fault = http::SplitHead(head, parts); fault != Fault::kNone) return fault;
  http::StatusLine line;
  if (const auto fault = http::ScanStatusLine(parts.start_line, line); fault != Fault::kNone) return fault;
  if (line.status > 599) return Fault::kStartLine;
  std::vector<sdk::Field> fields;
  fields.reserve(kUsualFields);
  if (const auto fault = http::ScanFields(parts.field_block, kMaxFields, fields); fault != Fault::kNone) return fault;
  MergeEqualLengths(fields);
  http::Framing framing;
  if (const auto fault = http::ScanFraming(fields, framing); fault != Fault::kNone) return fault;
  if (framing.chunked && line.minor == 0) return Fault::kTransferEncoding;
  out.status = line.status;
  out.reason = line.reason;
  out.announced_length = framing.length;
  const auto options = ConnectionOptions(fields);
  out.keep_alive = KeepsAlive(options, line.minor);
  const bool bodiless = to_head || line.status < 200 || line.status == 204 || line.status == 304;
  if (bodiless || (framing.length && *framing.length == 0)) {
    out.framing = {};
  } else if (framing.chunked) {
    out.framing = {BodyKind::kChunked, 0};
  } else if (framing.length) {
    out.framing = {BodyKind::kLength, *framing.length};
  } else {
    out.framing = {BodyKind::kClose, 0};
    out.keep_alive = false;
  }
  out.headers.clear();
  out.headers.reserve(fields.size());
  for (const auto& field : fields) {
    if (IsEndToEnd(field.name, options)) out.headers.push_back({std::string(field.name), std::string(field.value)});
  }
  return Fault::kNone;
}

}  // namespace sluice::upstream
