// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the upstream client share.

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <memory>
#include <sluice/sdk/testing/calls.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/upstream/client.hpp"
#include "core/upstream/dns.hpp"
#include "core/upstream/pacer.hpp"

namespace sluice::upstream {

using sdk::testing::AnyCall;
using sdk::testing::CallFor;
using sdk::testing::TestCall;

/// Answers from a list, the last one for ever; counts how often it was asked.
class ScriptedResolver final : public Resolver {
 public:
  using Answers = std::vector<std::vector<std::string>>;
  ScriptedResolver(Answers answers, int& asked) : answers_(std::move(answers)), asked_(asked) {}

  sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) override {
    const auto at = std::min(static_cast<std::size_t>(asked_), answers_.size() - 1);
    ++asked_;
    if (answers_[at].empty()) {
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + ": want a name that resolves"};
    }
    std::vector<net::IpAddress> addresses;
    for (const auto& text : answers_[at]) addresses.push_back(net::IpAddress::Parse(text).value());
    return addresses;
  }

 private:
  const Answers answers_;
  int& asked_;
};

class ClientTest : public testing::Test {
 protected:
  static constexpr const char* kConnections = "sluice_upstream_connections_total";

  /// Trusts this machine, unless `options` says otherwise.
  Client& MakeClient(ClientOptions options = {.trusted = {"127.0.0.1", "localhost"}},
                     std::unique_ptr<Resolver> resolver = nullptr, std::unique_ptr<Pacer> pacer = nullptr) {
    ClientParts parts;
    parts.resolver = std::move(resolver);
    parts.pacer = std::move(pacer);
    client_ = std::make_unique<Client>(std::move(options), registry_, std::move(parts));
    return *client_;
  }

  static Request Get(std::string url) {
    Request request;
    request.url = std::move(url);
    return request;
  }

  /// All of it, or "broken: " and the message.
  static std::string BodyOf(Response& response) {
    std::string body;
    std::vector<std::byte> chunk(10'000);
    for (;;) {
      const auto got = response.body->Read(chunk);
      if (!got) return "broken: " + got.error().message;
      if (*got == 0) return body;
      body.append(reinterpret_cast<const char*>(chunk.data()), *got);
    }
  }

  /// Status and body, or the error's message.
  std::string Fetch(const Request& request) {
    const auto call = std::make_unique<TestCall>();
    auto response = client_->Fetch(*call, request);
    if (!response) return response.error().message;
    return std::to_string(response->status) + " " + BodyOf(*response);
  }

  /// Value of a counter, gauge, or of a histogram's count; 0: no such series.
  double Metric(std::string_view name, std::string_view label_value = {}) const {
    for (const auto& family : registry_.Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        const bool same = label_value.empty() ? metric.label.empty()
                                              : metric.label.size() == 1 && metric.label[0].value == label_value;
        if (!same) continue;
        switch (family.type) {
          case prometheus::MetricType::Counter:
            return metric.counter.value;
          case prometheus::MetricType::Gauge:
            return metric.gauge.value;
          default:
            return static_cast<double>(metric.histogram.sample_count);
        }
      }
    }
    return 0;
  }

  prometheus::Registry registry_;
  std::unique_ptr<Client> client_;
};

}  // namespace sluice::upstream
