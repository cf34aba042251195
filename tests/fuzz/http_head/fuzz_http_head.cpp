// SPDX-License-Identifier: MIT
// Request and response heads over any octets: the same answer however they arrive, and what is accepted is clean.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/http/head_scanner.hpp"
#include "core/http/request_check.hpp"

namespace {

using namespace sluice::http;

void Require(bool condition) {
  if (!condition) std::abort();
}

HeadEnd FindInPieces(std::string_view text, std::size_t step) {
  std::size_t scanned = 0;
  HeadEnd end;
  for (std::size_t size = 0; end.state == HeadEnd::State::kIncomplete; size += step) {
    end = FindHeadEnd(text.substr(0, size), scanned);
    if (size >= text.size()) break;
  }
  return end;
}

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

void CheckAccepted(const CheckedRequest& request) {
  Require(request.path == "*" || request.path.starts_with('/'));
  Require(IsVisible(request.path) && IsVisible(request.query));
  Require(request.path.find('?') == std::string_view::npos);
  Require(IsToken(request.method) && request.method != "CONNECT");
  Require(!(request.framing.chunked && request.framing.length));
  Require(request.minor >= 1 ? !request.host.empty() : !request.framing.chunked);
  for (const auto& field : request.fields) Require(IsToken(field.name) && IsFieldValue(field.value));
}

/// What was understood, written down plainly, must be understood the same way.
void CheckRoundTrip(const CheckedRequest& request, const HeadLimits& limits) {
  std::string head(request.method);
  head.append(" ").append(request.path);
  if (request.query.data() != nullptr) head.append("?").append(request.query);
  head.append(" HTTP/1.").append(1, static_cast<char>('0' + request.minor)).append("\r\n");
  for (const auto& field : request.fields) {
    head.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  head.append("\r\n");
  CheckedRequest again;
  const HeadLimits wider{.max_line_bytes = limits.max_line_bytes,
                         .max_head_bytes = limits.max_head_bytes + 2 * limits.max_fields,
                         .max_fields = limits.max_fields};
  std::size_t scanned = 0;
  Require(FindHeadEnd(head, scanned).size == head.size());
  Require(CheckRequest(head, wider, again) == Fault::kNone);
  Require(again.path == request.path && again.query == request.query && again.keep_alive == request.keep_alive);
  Require(again.framing.chunked == request.framing.chunked && again.framing.length == request.framing.length);
  if (FindField(request.fields, "host") != nullptr) Require(again.host == request.host);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const HeadLimits limits{.max_line_bytes = 512, .max_head_bytes = 2048, .max_fields = 16};
  const auto end = FindInPieces(text, text.size() + 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}}) {
    const auto same = FindInPieces(text, step);
    Require(same.state == end.state && same.fault == end.fault && same.size == end.size);
  }
  const auto head = end.state == HeadEnd::State::kComplete ? text.substr(0, end.size) : text;
  CheckedRequest request;
  if (CheckRequest(head, limits, request) == Fault::kNone) {
    Require(end.state == HeadEnd::State::kComplete);
    CheckAccepted(request);
    CheckRoundTrip(request, limits);
  }
  HeadParts parts;
  StatusLine status;
  if (SplitHead(head, parts) == Fault::kNone && ScanStatusLine(parts.start_line, status) == Fault::kNone) {
    Require(status.status >= 100 && status.status <= 999 && IsFieldValue(status.reason));
  }
  return 0;
}
