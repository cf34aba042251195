// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/accounts.hpp"

#include <gmock/gmock.h>

#include <sluice/sdk/base64.hpp>

#include "tests/plugins/endpoint/stremio/addon_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using ::testing::HasSubstr;

class AccountsTest : public ::testing::Test {
 protected:
  std::vector<AccountOutcome> All(const UserData& userdata) {
    return FindAccounts(host_.host(), settings_, sdk::testing::AnyCall(), userdata, kPurpose);
  }
  AccountOutcome One(const UserData& userdata, std::string_view code) {
    return FindAccount(host_.host(), settings_, sdk::testing::AnyCall(), userdata, code, kPurpose);
  }
  static UserData User(std::string code = "tb") { return {.stores = {{.code = std::move(code), .auth = kUser}}}; }
  static UserData Server(std::string token) { return {.stores = {{.code = "", .token = std::move(token)}}}; }
  static std::string TokenOf(const AccountOutcome& outcome) {
    return outcome.account ? outcome.account->token : "(none)";
  }
  static std::optional<sdk::Errc> CodeOf(const AccountOutcome& outcome) {
    return outcome.error ? std::optional(outcome.error->code) : std::nullopt;
  }

  inline static const Purpose kPurpose{
      .client_ip = "192.0.2.7", .user_agent = "player/1", .action = "stream", .hash = std::string(40, 'a')};
  sdk::testing::FakeHost host_;
  Offered offered_;
  Settings settings_ = offered_.MakeSettings();
};

TEST_F(AccountsTest, AUserIsShownAsAViewerAndAKeyAsUserdata) {
  offered_.pool->Grant("ann", {{.store = "torbox", .key = "lent", .key_id = "k1"}});

  const auto lent = One(User(), "tb");

  ASSERT_TRUE(lent.account);
  EXPECT_EQ(lent.account->token, "lent");
  EXPECT_EQ(lent.account->key_id, "k1");
  EXPECT_EQ(lent.account->backend, "pool");
  EXPECT_EQ(lent.account->subject, "ann");
  EXPECT_EQ(lent.account->store, settings_.FindStore("tb"));
  const auto shown = offered_.pool->asked.all().at(0);
  EXPECT_EQ(shown.scheme, "viewer");
  EXPECT_EQ(shown.user, "torbox");
  EXPECT_EQ(shown.secret, kUser);
  EXPECT_EQ(shown.client_ip, "192.0.2.7");
  EXPECT_EQ(shown.user_agent, "player/1");
  EXPECT_EQ(shown.action, "stream");
  EXPECT_EQ(shown.hash, std::string(40, 'a'));
  One(OwnKeys({"rd"}), "rd");
  EXPECT_EQ(offered_.pool->asked.all().at(1).scheme, "userdata");
  EXPECT_EQ(offered_.pool->asked.all().at(1).user, "realdebrid");
  EXPECT_EQ(offered_.pool->asked.all().at(1).secret, "key-of-rd");
}

TEST_F(AccountsTest, AUserIdIsWorthMoreThanAKeyBesideIt) {
  auto both = User();
  both.stores[0].token = "own";

  All(both);

  EXPECT_EQ(offered_.pool->asked.all().at(0).secret, kUser);
}

TEST_F(AccountsTest, TheFirstThatRecognisesItDecides) {
  EXPECT_EQ(TokenOf(One(OwnKeys({"tb"}), "tb")), "key-of-tb") << "the second knows it";

  offered_.pool->Grant("ann", {{.store = "torbox", .key = "lent"}});
  EXPECT_EQ(TokenOf(One(OwnKeys({"tb"}), "tb")), "lent");
  EXPECT_EQ(offered_.token->asked.size(), 1U) << "nobody else is asked";
}

TEST_F(AccountsTest, ARefusalIsFinal) {
  for (const auto code : {sdk::Errc::kPermissionDenied, sdk::Errc::kUnauthenticated, sdk::Errc::kUpstreamFailed}) {
    offered_.pool->Refuse(code, "no");
    const auto refused = One(OwnKeys({"tb"}), "tb");
    EXPECT_EQ(CodeOf(refused), code);
    EXPECT_FALSE(refused.account);
  }
  EXPECT_EQ(offered_.token->asked.size(), 0U);
}

TEST_F(AccountsTest, WhomNobodyKnowsIsUnauthenticated) {
  EXPECT_EQ(CodeOf(One(User(), "tb")), sdk::Errc::kUnauthenticated);
}

TEST_F(AccountsTest, AGrantThatHasRunOutLetsNobodyIn) {
  const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock.Now());
  const auto until = [&](sdk::Seconds end) {
    offered_.pool->Grant("ann", {{.store = "torbox", .key = "lent", .expires_at = end}});
    return One(OwnKeys({"tb"}), "tb");
  };

  EXPECT_EQ(TokenOf(until(now + std::chrono::seconds(1))), "lent");
  EXPECT_EQ(CodeOf(until(now)), sdk::Errc::kPermissionDenied);
  EXPECT_EQ(offered_.token->asked.size(), 0U) << "who has run out is not somebody else";
}

TEST_F(AccountsTest, AGrantOfAnotherStoreIsNone) {
  offered_.pool->Grant("ann", {{.store = "realdebrid", .key = "lent"}});

  const auto outcome = One(User("tb"), "tb");

  EXPECT_EQ(CodeOf(outcome), sdk::Errc::kPermissionDenied);
  EXPECT_THAT(outcome.error->message, HasSubstr("torbox"));
}

TEST_F(AccountsTest, AStoreThatIsNotOfferedIsSaidAndTheOthersStay) {
  const auto outcomes = All(OwnKeys({"pm", "rd"}));

  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].code, "pm");
  EXPECT_EQ(CodeOf(outcomes[0]), sdk::Errc::kUnsupported);
  EXPECT_EQ(TokenOf(outcomes[1]), "key-of-rd");
  EXPECT_EQ(offered_.pool->asked.size(), 1U) << "a key of a store that is not offered is shown to nobody";
}

TEST_F(AccountsTest, ACodeThatIsNotNamedFallsToTheFirst) {
  EXPECT_EQ(TokenOf(One(OwnKeys({"rd", "tb"}), "tb")), "key-of-tb");
  EXPECT_EQ(TokenOf(One(OwnKeys({"rd", "tb"}), "pm")), "key-of-rd");
}

TEST_F(AccountsTest, PeersAreNoAccount) {
  const UserData peers{.stores = {{.code = "p2p"}}};

  EXPECT_TRUE(All(peers).empty());
  EXPECT_EQ(CodeOf(One(peers, "tb")), sdk::Errc::kUnsupported);
  EXPECT_EQ(offered_.pool->asked.size(), 0U);
}

TEST_F(AccountsTest, AUserOfTheServerHasTheStoresOfTheirGrants) {
  offered_.pool->Grant("ann", {{.store = "realdebrid", .key = "r"}, {.store = "torbox", .key = "t"}});

  const auto outcomes = All(Server("ann:pass:word"));

  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].code + TokenOf(outcomes[0]), "tbt") << "in the order of the server";
  EXPECT_EQ(outcomes[1].code + TokenOf(outcomes[1]), "rdr");
  ASSERT_EQ(offered_.pool->asked.size(), 1U);
  EXPECT_EQ(offered_.pool->asked.all()[0].scheme, "basic");
  EXPECT_EQ(offered_.pool->asked.all()[0].user, "ann");
  EXPECT_EQ(offered_.pool->asked.all()[0].secret, "pass:word");
  EXPECT_EQ(TokenOf(One(Server("ann:x"), "rd")), "r");
  EXPECT_EQ(TokenOf(One(Server("ann:x"), "pm")), "t") << "the first";
}

TEST_F(AccountsTest, AUserOfTheServerMayStandInBase64) {
  All(Server(sdk::Base64Encode("ann:secret")));

  EXPECT_EQ(offered_.pool->asked.all().at(0).user, "ann");
  EXPECT_EQ(offered_.pool->asked.all().at(0).secret, "secret");
}

TEST_F(AccountsTest, AUserOfTheServerWithoutPasswordOrKeysIsRefused) {
  EXPECT_EQ(CodeOf(All(Server("ann:")).at(0)), sdk::Errc::kUnauthenticated);
  EXPECT_EQ(offered_.pool->asked.size(), 0U);

  offered_.pool->Grant("ann", {});
  EXPECT_EQ(CodeOf(All(Server("ann:x")).at(0)), sdk::Errc::kPermissionDenied);
  offered_.pool->Refuse(sdk::Errc::kPermissionDenied, "disabled");
  EXPECT_EQ(All(Server("ann:x")).at(0).error->message, "disabled");
}

TEST_F(AccountsTest, ErrorsDoNotQuoteWhatWasShown) {
  const UserData data{.stores = {{.code = "tb", .auth = kUser}, {.code = "pm", .token = "planted-token"}}};

  for (const auto& outcome : All(data)) {
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->message.find("planted"), std::string::npos);
    EXPECT_EQ(outcome.error->message.find(kUser), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio
