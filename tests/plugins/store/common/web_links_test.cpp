// SPDX-License-Identifier: MIT
// Links to hosters as accounts hold them, and what else stores read alike.
#include <string>
#include <vector>

#include "store/common/link_hash.hpp"
#include "store/common/orders.hpp"
#include "store/common/patience.hpp"
#include "store/common/times.hpp"
#include "store/common/web_links.hpp"
#include "support.hpp"

namespace sluice::plugins::store {
namespace {

TEST(UnixTimeTest, ReadsSecondsAndNothingElse) {
  const auto read = [](const std::string& value) {
    return ReadUnixTime(*ParseJson("{\"t\":" + value + "}"), "t").time_since_epoch();
  };
  EXPECT_EQ(read("1767323045"), 1767323045s);
  EXPECT_EQ(read("\"1767323045\""), 1767323045s);
  for (const auto* value : {"0", "-5", "null", "\"soon\"", "1e300", "99999999999999"})
    EXPECT_EQ(read(value), 0s) << value;
}

TEST(PatienceTest, FitsOnlyWhereSomethingComesOfWaiting) {
  EXPECT_TRUE(Patience::Fits(CallFor(5s), 1s));
  EXPECT_FALSE(Patience::Fits(CallFor(1500ms), 1s));
  EXPECT_FALSE(Patience::Fits(sdk::testing::ExpiredCall(), 0s));
}

TEST(PatienceTest, WaitsByTheHostsClockAndNoLongerThanTheCall) {
  FakeHost host;
  Patience patience(host.host(), "demo");
  EXPECT_TRUE(patience.Wait(AnyCall(), 0s));
  EXPECT_EQ(patience.Wait(CallFor(30ms), 1h).error().code, sdk::Errc::kDeadlineExceeded);
  EXPECT_EQ(patience.Wait(sdk::testing::CancelledCall(), 1h).error().code, sdk::Errc::kCancelled);
}

class WebLinksTest : public ::testing::Test {
 protected:
  static WebLink LinkTo(const std::string& link, const std::string& prefix = "web:") {
    return {.prefix = prefix, .link = link, .name = "a/../b\n.mkv", .size_bytes = 5};
  }
  sdk::Result<std::vector<WebLink>> Ask() {
    ++asked_;
    return held_;
  }
  bool Holds(const std::string& id) {
    const auto found = links_.Find(AnyCall(), "account", id, [&] { return Ask(); });
    if (!found) {
      EXPECT_EQ(found.error().code, sdk::Errc::kNotFound);
    }
    return static_cast<bool>(found);
  }

  FakeHost host_;
  WebLinks links_{host_.host(), "demo"};
  std::vector<WebLink> held_;
  int asked_ = 0;
};

TEST_F(WebLinksTest, AreItemsOfOneFile) {
  const auto item = LinkTo("https://h.example/1").ToItem();
  EXPECT_EQ(item.id, "web:" + HashOfWebLink("https://h.example/1"));
  EXPECT_EQ(item.hash, HashOfWebLink("https://h.example/1"));
  EXPECT_EQ(item.name, "a/../b.mkv");
  ASSERT_EQ(item.files.size(), 1U);
  EXPECT_EQ(item.files[0].path, "a/b_.mkv");
  EXPECT_EQ(item.files[0].id, kWebFile);
}

TEST_F(WebLinksTest, AreAskedForOnceAMinuteAndForWhatIsNotKnown) {
  held_ = {LinkTo("x"), LinkTo("x", "other:"), LinkTo("y")};
  const auto all = links_.All(AnyCall(), "account", [&] { return Ask(); });
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)->size(), 2U) << "each once";
  EXPECT_TRUE(Holds(LinkTo("y").id()));
  EXPECT_EQ(asked_, 1);
  EXPECT_FALSE(Holds(LinkTo("z").id()));
  EXPECT_EQ(asked_, 2) << "it may be new";
  held_.push_back(LinkTo("z"));
  EXPECT_TRUE(Holds(LinkTo("z").id()));
  EXPECT_EQ(asked_, 3);
}

TEST_F(WebLinksTest, AreKnownOnceAddedAndForgottenOnceRemoved) {
  links_.Note("account", LinkTo("x"));
  EXPECT_TRUE(Holds(LinkTo("x").id()));
  EXPECT_EQ(asked_, 0);
  links_.Forget("account", LinkTo("x").id());
  EXPECT_FALSE(Holds(LinkTo("x").id()));
}

TEST_F(WebLinksTest, AreOfOtherHostsThanTheStores) {
  const auto taken = [](const std::string& uri) {
    return static_cast<bool>(OrderedLink({.content = sdk::Content::kWeb, .uri = uri}, "demo", "store.example"));
  };
  EXPECT_TRUE(taken("https://h.example/1") && taken("http://notstore.example/x"));
  EXPECT_FALSE(taken("https://store.example/x") || taken("https://WWW.Store.example/x") || taken("ftp://h.example/x") ||
               taken("https://u:p@h.example/x") || taken(""));
}

}  // namespace
}  // namespace sluice::plugins::store
