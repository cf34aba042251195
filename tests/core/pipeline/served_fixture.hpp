// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Served: a fixture's engine behind a real HTTP server.

#include <string>
#include <utility>

#include "core/http/server.hpp"
#include "tests/core/http/raw_client.hpp"
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {

using http::testing::Eventually;
using http::testing::RawClient;

/// \tparam Base  PipelineTest, or what is derived from it.
template <typename Base>
class Served : public Base {
 protected:
  explicit Served(std::uint32_t workers = 1) : Served(Workers(workers)) {}
  /// \param options  a plain listener, "main", is added here.
  explicit Served(http::ServerOptions options)
      : server_(
            OnLoopback(std::move(options)), [this](http::ServerExchange& exchange) { this->engine_.Handle(exchange); },
            this->registry_) {
    for (const auto& fault : server_.Start()) ADD_FAILURE() << fault.listener << ": " << fault.message;
  }
  ~Served() override { server_.Stop(); }

  static http::ServerOptions Workers(std::uint32_t count) {
    http::ServerOptions options;
    options.workers = count;
    return options;
  }

  /// A connection with one request on it.
  /// \param target  path and query. \param fields  of the request, each ending in CRLF.
  RawClient Send(const std::string& target, const std::string& fields = {}) {
    RawClient client(server_.Port("main"));
    Request(client, target, fields);
    return client;
  }
  static void Request(RawClient& client, const std::string& target, const std::string& fields = {}) {
    client.Send("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
  }
  /// The answer to one request.
  http::testing::RawResponse Play(const std::string& target, const std::string& fields = {}) {
    return Send(target, fields).Read();
  }

  http::Server server_;

 private:
  static http::ServerOptions OnLoopback(http::ServerOptions options) {
    options.listeners.push_back({.name = "main", .address = "127.0.0.1:0"});
    return options;
  }
};

}  // namespace sluice::pipeline::testing
