// SPDX-License-Identifier: MIT
#include <mutex>
#include <utility>

#include "core/upstream/profile.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;

constexpr const char* kRetries = "sluice_upstream_referer_retries_total";

/// Servers that want to hear a certain Referer.
class ClientRefererTest : public ClientTest {
 protected:
  ClientRefererTest() {
    MakeClient();
    auto made = Profile::Make({.retry = {.referer = true}});
    EXPECT_TRUE(made);
    profile_ = std::move(*made);
  }

  /// Answers "200 film" to `wanted`, and redirects "/go?token=1" to `to`. Everything else it refuses with `status`.
  FaultyOrigin::Script Wanting(const std::string& wanted, const std::string& status = "403", std::string to = {}) {
    return [=, this](FaultyOrigin::Peer& peer) {
      for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
        const auto at = head.find("\r\nReferer: ");
        const auto said = at == std::string::npos ? "-" : head.substr(at + 11, head.find('\r', at + 2) - at - 11);
        Hear(said);
        if (head.find(" /go?token=1 ") != std::string::npos) {
          peer.Send("HTTP/1.1 302 x\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n");
        } else if (!wanted.empty() && said == wanted) {
          peer.Send("HTTP/1.1 200 x\r\nContent-Length: 4\r\n\r\nfilm");
        } else {
          peer.Send("HTTP/1.1 " + status + " x\r\nContent-Length: 2\r\n\r\nno");
        }
      }
    };
  }
  std::string Ask(const std::string& url, std::vector<sdk::Header> headers = {}, const char* method = "GET") {
    auto request = Get(url);
    request.method = method;
    request.headers = std::move(headers);
    request.max_redirects = 3;
    request.profile = profile_.get();
    return Fetch(request);
  }

  /// What all origins of a test heard, which are asked one after another.
  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }

  std::shared_ptr<const Profile> profile_;

 private:
  void Hear(const std::string& referer) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(referer);
  }

  std::mutex mutex_;
  std::vector<std::string> heard_;
};

TEST_F(ClientRefererTest, WhoIsRefusedSaysWhereItComesFrom) {
  for (const char* status : {"401", "403", "412", "451"}) {
    FaultyOrigin origin(Wanting("", status));

    EXPECT_EQ(Ask(origin.url() + "/film?k=1"), std::string(status) + " no");

    EXPECT_EQ(heard(), (std::vector<std::string>{"-", origin.url() + "/film?k=1", origin.url() + "/"})) << status;
  }
  EXPECT_EQ(Metric(kRetries, "fail"), 8);
}

TEST_F(ClientRefererTest, TheFirstThatHelpsIsTheLast) {
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) { Wanting(origin.url() + "/film")(peer); });

  EXPECT_EQ(Ask(origin.url() + "/film"), "200 film");

  EXPECT_EQ(heard().size(), 2U);
  EXPECT_EQ(Metric(kRetries, "success"), 1);
}

TEST_F(ClientRefererTest, AnotherOriginHearsOfTheOriginAlone) {
  std::string first;
  FaultyOrigin third([&](FaultyOrigin::Peer& peer) { Wanting(first + "/")(peer); });
  FaultyOrigin second([&](FaultyOrigin::Peer& peer) { Wanting("", "403", third.url() + "/film")(peer); });
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) { Wanting("", "403", second.url() + "/go?token=1")(peer); });
  first = origin.url();

  EXPECT_EQ(Ask(origin.url() + "/go?token=1"), "200 film");

  EXPECT_EQ(heard(), (std::vector<std::string>{"-", "-", "-", second.url() + "/", first + "/"}));
}

TEST_F(ClientRefererTest, WhatRedirectedWithinAnOriginIsNamedWhole) {
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) { Wanting(origin.url() + "/go?token=1", "403", "/film")(peer); });

  EXPECT_EQ(Ask(origin.url() + "/go?token=1"), "200 film");

  EXPECT_EQ(heard().size(), 3U);
}

TEST_F(ClientRefererTest, NobodyIsAskedAgainWhoWasTold) {
  FaultyOrigin origin(Wanting(""));
  const auto url = origin.url() + "/film";

  EXPECT_EQ(Ask(url, {{"Referer", "https://page.example/"}}), "403 no");
  EXPECT_EQ(Ask(url, {}, "HEAD"), "403 ");
  EXPECT_EQ(heard(), (std::vector<std::string>{"https://page.example/", "-"}));
  FaultyOrigin missing(Wanting("", "404"));
  EXPECT_EQ(Ask(missing.url() + "/film"), "404 no");
  profile_ = nullptr;
  EXPECT_EQ(Ask(url), "403 no") << "unless the profile says so";

  EXPECT_EQ(heard().size(), 2U);
}

TEST_F(ClientRefererTest, TheBudgetOfRetriesIsForThese) {
  FaultyOrigin origin(Wanting(""));
  auto made = Profile::Make(
      {.retry = {.budget = {.ttl = std::chrono::seconds(60), .min_per_second = 0, .ratio = 0}, .referer = true}});
  ASSERT_TRUE(made);
  profile_ = std::move(*made);

  EXPECT_EQ(Ask(origin.url() + "/film"), "403 no");

  EXPECT_EQ(heard().size(), 1U);
  EXPECT_EQ(Metric("sluice_upstream_retry_budget_exhausted_total"), 1);
}

}  // namespace
}  // namespace sluice::upstream
