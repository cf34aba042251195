// SPDX-License-Identifier: MIT
#include "tests/core/relay/gateway.hpp"

#include <sluice/sdk/testing/calls.hpp>

#include "core/http/detached_response.hpp"
#include "core/http/error_reply.hpp"

namespace sluice::relay::testing {
namespace {

http::ServerOptions ServerOptionsOf(const GatewayOptions& options) {
  http::ServerOptions server;
  server.listeners = {{.name = "main", .address = "127.0.0.1:0", .tls = options.tls}};
  server.workers = options.workers;
  server.write_timeout = options.write_timeout;
  return server;
}

std::optional<Body> TakeBody(upstream::Response& response) {
  if (auto raw = upstream::ReleaseRaw(response)) return std::move(*raw);
  if (auto part = upstream::ReleaseFile(response)) return std::move(*part);
  return std::nullopt;
}

}  // namespace

Gateway::Gateway(GatewayOptions options)
    : options_(std::move(options)),
      client_({.trusted = {"127.0.0.1"}, .ca_file = options_.origin_ca}, registry_),
      relay_({.threads = options_.relay_threads, .pipes = options_.pipes}),
      server_(
          ServerOptionsOf(options_), [this](http::ServerExchange& exchange) { Handle(exchange); }, registry_) {
  for (const auto& fault : server_.Start()) ADD_FAILURE() << fault.listener << ": " << fault.message;
}

Gateway::~Gateway() { server_.Stop(); }

void Gateway::Handle(http::ServerExchange& exchange) {
  const sdk::testing::TestCall patient({.timeout = std::chrono::nanoseconds::max()});
  const auto path = std::string(exchange.path());
  const upstream::Request request{.url = options_.origin + path, .read_timeout = options_.read_timeout};
  auto response = options_.origin.starts_with("file:") ? upstream::FetchFile(request) : client_.Fetch(patient, request);
  if (!response) return static_cast<void>(http::ReplyError(exchange, response.error()));
  ASSERT_TRUE(exchange.Start({.status = response->status, .length = response->content_length}));
  auto body = TakeBody(*response);
  if (!body || !exchange.CanDetach()) {
    EXPECT_EQ(response->content_length.value_or(0), 0U) << "a body that could not be taken over";
    ASSERT_TRUE(exchange.Finish());
    return;
  }
  Job job{.client = exchange.Detach(),
          .body = std::move(*body),
          .read_timeout = options_.read_timeout,
          .bytes_per_second = options_.bytes_per_second,
          .trailer = options_.trailer,
          .resume = options_.resume ? options_.resume(path) : Resume(),
          .progress = [this](Mode, std::uint64_t bytes) { progress_ += bytes; },
          .done =
              [this](const Result& result) {
                const std::lock_guard lock(mutex_);
                results_.push_back(result);
                changed_.notify_all();
              }};
  relay_.Run(std::move(job));
}

Result Gateway::ResultOf(std::size_t index) {
  std::unique_lock lock(mutex_);
  const bool ended = changed_.wait_for(lock, std::chrono::seconds(20), [&] { return results_.size() > index; });
  EXPECT_TRUE(ended) << "the body did not end";
  return ended ? results_[index] : Result{};
}

std::string Pattern(std::size_t size) {
  std::string body(size, '\0');
  for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23 + i / 1009 % 3);
  return body;
}

std::string Head(std::size_t length) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::optional<Body> FetchRest(upstream::Client& client, const std::string& url, std::uint64_t sent) {
  const sdk::testing::TestCall patient({.timeout = std::chrono::nanoseconds::max()});
  auto response = client.Fetch(patient, {.url = url, .headers = {{"Range", "bytes=" + std::to_string(sent) + "-"}}});
  if (!response || response->status != 206) return std::nullopt;
  return TakeBody(*response);
}

}  // namespace sluice::relay::testing
