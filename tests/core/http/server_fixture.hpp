// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TestServer: a server on a free port with a handler of the test's choice.

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/http/server.hpp"
#include "tests/core/http/raw_client.hpp"

namespace sluice::http::testing {

inline void ReplyText(ServerExchange& exchange, std::string_view text, int status = 200) {
  EXPECT_TRUE(exchange.Reply({.status = status}, text));
}

inline void Hello(ServerExchange& exchange) { ReplyText(exchange, "hello"); }

/// Streams without end. \returns what ended it.
inline sdk::Errc WriteUntilError(ServerExchange& exchange) {
  const std::string chunk(256 * 1024, 'x');
  auto status = exchange.Start({});
  while (status) status = exchange.Write(sdk::AsBytes(chunk));
  return status.error().code;
}

/// More replies than sockets take, for a client that asks for all of them before it reads any.
struct Greed {
  static constexpr int kRequests = 200;
  const std::string body = std::string(60'000, 'x');

  Handler handler() const {
    return [this](ServerExchange& exchange) { ReplyText(exchange, exchange.path() == "/greed" ? body : "hello"); };
  }
  /// The last one closes the connection.
  static std::string Requests() {
    std::string text;
    for (int i = 1; i < kRequests; ++i) text += "GET /greed HTTP/1.1\r\nHost: a\r\n\r\n";
    return text + "GET /greed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  }
  /// \returns  how many whole replies came.
  int Read(RawClient& client) const {
    int whole = 0;
    while (true) {
      const auto reply = client.Read();
      if (!reply.complete || reply.body != body) return whole;
      ++whole;
    }
  }
};

/// Opens once; waiting has a limit.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool Wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

inline ServerOptions SmallOptions(std::uint32_t workers = 2) {
  ServerOptions options;
  options.listeners = {{.name = "main", .address = "127.0.0.1:0"}};
  options.workers = workers;
  return options;
}

class TestServer {
 public:
  explicit TestServer(Handler handler, ServerOptions options = SmallOptions())
      : server(
            std::move(options),
            [this, handler = std::move(handler)](ServerExchange& exchange) {
              ++handled;
              handler(exchange);
            },
            registry) {
    for (const auto& fault : server.Start()) ADD_FAILURE() << fault.listener << ": " << fault.message;
  }

  std::uint16_t port() const { return server.Port("main"); }
  RawClient Connect() const { return RawClient(port()); }
  /// Value of the metric whose family is `name` and whose labels include `label`.
  double Metric(const std::string& name, const std::string& label = {}) const {
    for (const auto& family : registry.Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        bool found = label.empty();
        for (const auto& pair : metric.label) found = found || pair.value == label;
        if (found) return metric.counter.value + metric.gauge.value;
      }
    }
    return -1;
  }

  prometheus::Registry registry;
  std::atomic<int> handled = 0;
  Server server;
};

}  // namespace sluice::http::testing
