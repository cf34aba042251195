// SPDX-License-Identifier: MIT
#include "core/upstream/http_service.hpp"

#include <algorithm>
#include <array>

#include "core/upstream/wait.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::upstream {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

}  // namespace

Request HttpService::Translate(const sdk::Call& call, const sdk::HttpRequest& request) const {
  Request out;
  out.method = request.method;
  out.url = request.url;
  out.headers = request.headers;
  if (auto mark = mark_ ? mark_(request.url) : std::nullopt) out.headers.push_back(*std::move(mark));
  out.body = request.body;
  out.connect_timeout = std::min(out.connect_timeout, request.timeout);
  out.read_timeout = request.timeout;
  out.max_redirects = request.max_redirects;
  out.body_deadline = std::min(call.deadline(), After(request.timeout));
  return out;
}

sdk::Result<sdk::HttpResponse> HttpService::Send(const sdk::Call& call, const sdk::HttpRequest& request) {
  auto response = client_.Fetch(call, Translate(call, request));
  if (!response) return std::move(response).error();
  return ReadWhole(std::move(*response), request.method, request.max_body_bytes);
}

sdk::Status HttpService::Stream(const sdk::Call& call, const sdk::HttpRequest& request, sdk::HttpSink& sink) {
  auto response = client_.Fetch(call, Translate(call, request));
  if (!response) return std::move(response).error();
  sdk::HttpResponse head{
      .status = response->status, .url = std::move(response->url), .headers = std::move(response->headers), .body = {}};
  if (auto started = sink.Start(head); !started) return started;
  std::vector<std::byte> chunk(kChunkBytes);
  for (;;) {
    auto got = response->body->Read(chunk);
    if (!got) return std::move(got).error();
    if (*got == 0) return sdk::Ok();
    if (auto written = sink.Write(std::span(chunk).first(*got)); !written) return written;
  }
}

}  // namespace sluice::upstream
