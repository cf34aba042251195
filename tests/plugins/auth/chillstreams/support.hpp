// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A backend with a pool whose answers each test scripts, and what became of a viewer in one line.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chillstreams.hpp"

namespace sluice::plugins::chillstreams {

using Json = nlohmann::json;
using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;

inline const std::string kApi = "https://pool.example/api/v1/internal/pool/";
inline const std::string kApiKey = "planted-api-key";
inline const std::string kUser = "3f2b1c00-aaaa-4bbb-8ccc-0123456789ab";
inline const std::string kOtherUser = "00000000-0000-0000-0000-000000000000";
inline const std::string kPoolKey = "planted0-0000-4000-8000-00000pool-k1";
inline const std::string kOtherPoolKey = "planted0-0000-4000-8000-00000pool-k2";

inline TestConfig Config() { return {{"/url", "https://pool.example"}, {"/key", kApiKey}}; }

inline std::string Granted(const std::string& key = kPoolKey, const std::string& key_id = "k1") {
  return Json{{"poolKey", key}, {"poolKeyId", key_id}, {"allowed", true}, {"deviceCount", 2}, {"message", "welcome"}}
      .dump();
}
inline std::string Refused(const std::string& message) {
  return Json{{"allowed", false}, {"message", message}, {"deviceCount", 3}}.dump();
}

/// "<user> with <key id>", "not ours", or the code and the message.
inline std::string VerdictOf(const sdk::Result<std::optional<sdk::Principal>>& answer) {
  if (!answer) return std::to_string(static_cast<unsigned>(answer.error().code)) + " " + answer.error().message;
  return *answer ? (*answer)->subject + " with " + (*answer)->grants.at(0).key_id : "not ours";
}

class PoolTest : public ::testing::Test {
 protected:
  void TearDown() override {
    EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), ::testing::Not(::testing::HasSubstr("planted")));
    EXPECT_TRUE(host_.kv.entries().empty()) << "keys stay in memory";
    if (auth_) {
      EXPECT_TRUE(auth_->violations().empty());
    }
  }

  void Make(const TestConfig& config = Config()) {
    auto made = CreateThroughAbi<Chillstreams>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    auth_.emplace(*std::move(made));
  }
  /// What the pool answers, one after the other.
  void Answer(sdk::HttpResponse response) { host_.http.Answer("POST", kApi + "get-key", std::move(response)); }
  void Answer(std::string body, std::vector<sdk::Header> headers = {}) {
    Answer({.status = 200, .headers = std::move(headers), .body = std::move(body)});
  }
  sdk::Result<std::optional<sdk::Principal>> Ask(const sdk::Call& call, sdk::Credentials credentials) {
    if (credentials.scheme.empty()) credentials.scheme = "bearer";
    if (credentials.client_ip.empty()) credentials.client_ip = "192.0.2.10";
    if (credentials.user_agent.empty()) credentials.user_agent = "Player/1.0";
    auto answer = (*auth_)->Authenticate(call, credentials);
    if (!answer) {
      EXPECT_THAT(answer.error().message, ::testing::Not(::testing::HasSubstr("planted")));
    }
    return answer;
  }
  /// A viewer comes; what becomes of them does not matter.
  void Come(const sdk::Credentials& credentials) { (void)Ask(AnyCall(), credentials); }
  std::string Verdict(std::string_view secret = kUser) {
    return VerdictOf(Ask(AnyCall(), {.scheme = {}, .secret = secret}));
  }
  std::size_t asked() const { return host_.http.requests().size(); }
  Json BodyOf(std::size_t request) const { return Json::parse(host_.http.requests().at(request).body); }
  std::string FieldOfRequest(std::size_t request, std::string_view name) const {
    const auto requests = host_.http.requests();
    for (const auto& header : requests.at(request).headers)
      if (header.name == name) return header.value;
    return "none";
  }
  double Looked(const std::string& outcome) const { return host_.metrics.Value("lookups_total", {outcome}); }

  FakeHost host_;
  std::optional<sdk::testing::ThroughAbi<sdk::AuthBackend>> auth_;
};

}  // namespace sluice::plugins::chillstreams
