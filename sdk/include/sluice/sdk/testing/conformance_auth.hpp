// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every auth backend keeps: SLUICE_AUTH_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/testing/conformance.hpp>

namespace sluice::sdk::testing {

struct AuthFixture : ConformanceFixture {
  std::string scheme = "bearer";
  std::string user;
  std::string secret;        ///< Lets in.
  std::string wrong_secret;  ///< Does not; empty: not tested.
};

class AuthConformance : public ConformanceSuite<AuthBackend, AuthFixture> {
 public:
  using Self = AuthConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"LetsInWithItsSecret", &Self::LetsInWithItsSecret},
            {"NamesNobodyByTheSecret", &Self::NamesNobodyByTheSecret},
            {"LetsNobodyInWithAWrongSecret", &Self::LetsNobodyInWithAWrongSecret},
            {"LetsNobodyInWithGarbage", &Self::LetsNobodyInWithGarbage},
            {"LetsNobodyInWhenTheUpstreamIsAway", &Self::LetsNobodyInWhenTheUpstreamIsAway},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 protected:
  void SetUp() override {
    fixture().secrets.push_back(fixture().secret);
    ConformanceSuite::SetUp();
  }

 private:
  Result<std::optional<Principal>> Ask(const Call& call, std::string_view secret) {
    const auto& given = fixture();
    return subject().Authenticate(call, {.scheme = given.scheme,
                                         .user = given.user,
                                         .secret = secret,
                                         .client_ip = "192.0.2.10",
                                         .user_agent = "conformance"});
  }
  void ExpectNotLetIn(std::string_view secret) {
    const auto answer = Ask(AnyCall(), secret);
    if (answer) {
      EXPECT_FALSE(answer->has_value());
    } else if (const auto code = CodeOf(answer); code != Errc::kUpstreamFailed) {
      EXPECT_TRUE(code == Errc::kUnauthenticated || code == Errc::kPermissionDenied) << answer.error().message;
    }
  }

  void LetsInWithItsSecret() {
    const auto answer = Ask(AnyCall(), fixture().secret);
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_TRUE(answer->has_value()) << "the credential is not recognised";
    EXPECT_FALSE((*answer)->subject.empty());
  }
  void NamesNobodyByTheSecret() {
    const auto answer = Ask(AnyCall(), fixture().secret);
    ASSERT_TRUE(answer && answer->has_value());
    EXPECT_EQ((*answer)->subject.find(fixture().secret), std::string::npos) << "subjects appear in logs";
  }
  void LetsNobodyInWithAWrongSecret() {
    if (fixture().wrong_secret.empty()) GTEST_SKIP() << "every secret lets in";
    fixture().secrets.push_back(fixture().wrong_secret);
    ExpectNotLetIn(fixture().wrong_secret);
  }
  void LetsNobodyInWithGarbage() {
    if (fixture().waits_for_upstream) host().http.FailAll({.code = Errc::kUpstreamFailed, .message = "away"});
    ExpectNotLetIn(std::string(64 * 1024, 'x'));
    ExpectNotLetIn(std::string_view("\0\xff\n", 3));
    ExpectNotLetIn(" ");
  }
  void LetsNobodyInWhenTheUpstreamIsAway() {
    if (!fixture().waits_for_upstream) GTEST_SKIP() << "asks no upstream";
    host().http.FailAll({.code = Errc::kUpstreamFailed, .message = "upstream is away"});
    const auto answer = Ask(AnyCall(), fixture().secret);
    ASSERT_FALSE(answer) << "the next backend must not be asked";
    EXPECT_EQ(CodeOf(answer), Errc::kUpstreamFailed);
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) { return Ask(call, fixture().secret); });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) { return Ask(call, fixture().secret); });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_AUTH_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(AuthConformance, Component, Fixture)
