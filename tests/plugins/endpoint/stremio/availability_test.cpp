// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/availability.hpp"

#include <gmock/gmock.h>

#include "tests/plugins/endpoint/stremio/state_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class AvailabilityTest : public ::testing::Test {
 protected:
  AvailabilityTest() {
    host_.database.Use(&tables_.service);
    torbox_.held[HashOf('a')] = {
        {.index = 2, .path = "Show/e1.mkv", .size_bytes = 1000, .id = "f2", .video_hash = "0123456789abcdef"}};
  }
  ~AvailabilityTest() override { host_.tasks.Stop(); }

  /// And waits until what they say is kept.
  std::vector<StoreAnswer> Ask(const std::vector<std::string>& hashes, std::string_view codes = "tb") {
    accounts_.clear();
    if (codes.find("tb") != std::string_view::npos)
      accounts_.push_back({.store = settings_.FindStore("tb"), .token = "planted-t"});
    if (codes.find("rd") != std::string_view::npos)
      accounts_.push_back({.store = settings_.FindStore("rd"), .token = "planted-r"});
    auto answers = FindAvailability(host_.host(), knowledge_, sdk::testing::AnyCall(), accounts_, hashes);
    host_.tasks.Wait();
    return answers;
  }
  static std::vector<std::string> Many(std::size_t count) {
    std::vector<std::string> hashes;
    for (std::size_t i = 0; i < count; ++i) {
      auto number = std::to_string(i);
      hashes.push_back(std::string(40 - number.size(), '0') + number);
    }
    return hashes;
  }

  Tables tables_;
  sdk::testing::FakeHost host_;
  Offered offered_;
  FakeStore &torbox_ = *offered_.torbox, &realdebrid_ = *offered_.realdebrid;
  const Settings settings_ = offered_.MakeSettings();
  const Knowledge knowledge_{host_.host()};
  std::vector<Account> accounts_;
};

TEST_F(AvailabilityTest, EachStoreIsAskedOnceWithItsOwnKey) {
  const auto answers = Ask({HashOf('a'), HashOf('b')}, "tb rd");

  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_TRUE(answers[0].known.at(HashOf('a')).cached);
  EXPECT_FALSE(answers[0].known.at(HashOf('b')).cached);
  EXPECT_FALSE(answers[1].known.at(HashOf('a')).cached);
  EXPECT_THAT(torbox_.checks.all(), ElementsAre(ElementsAre(HashOf('a'), HashOf('b'))));
  EXPECT_THAT(torbox_.tokens.all(), ElementsAre("planted-t"));
  EXPECT_THAT(realdebrid_.tokens.all(), ElementsAre("planted-r"));
}

TEST_F(AvailabilityTest, WhatIsKnownIsNotAskedAgain) {
  Ask({HashOf('a'), HashOf('b')});

  const auto answers = Ask({HashOf('a'), HashOf('b'), HashOf('c')});

  EXPECT_THAT(torbox_.checks.all().at(1), ElementsAre(HashOf('c')));
  const auto& known = answers[0].known.at(HashOf('a'));
  EXPECT_TRUE(known.cached);
  ASSERT_THAT(known.files, SizeIs(1));
  EXPECT_EQ(known.files[0].index, 2U);
  EXPECT_EQ(known.files[0].path, "Show/e1.mkv");
  EXPECT_EQ(known.files[0].size_bytes, 1000U);
  EXPECT_EQ(known.files[0].video_hash, "0123456789abcdef");
  EXPECT_FALSE(answers[0].known.at(HashOf('b')).cached);
  Ask({HashOf('a'), HashOf('b'), HashOf('c')});
  EXPECT_THAT(torbox_.checks.all(), SizeIs(2));
}

TEST_F(AvailabilityTest, WhatAStoreHasHoldsForADayAndWhatItHasNotForEightHours) {
  Ask({HashOf('a'), HashOf('b')});

  host_.clock.Advance(8h - 1s);
  Ask({HashOf('a'), HashOf('b')});
  EXPECT_THAT(torbox_.checks.all(), SizeIs(1));
  host_.clock.Advance(1s);
  Ask({HashOf('a'), HashOf('b')});
  EXPECT_THAT(torbox_.checks.all().at(1), ElementsAre(HashOf('b')));
  host_.clock.Advance(16h);
  Ask({HashOf('a')});
  EXPECT_THAT(torbox_.checks.all().at(2), ElementsAre(HashOf('a')));
  host_.clock.Advance(48h);
  Ask({HashOf('c')});
  EXPECT_EQ(tables_.Count("{magnets}"), 1) << "what no longer holds is let go of";
}

TEST_F(AvailabilityTest, WhatOneStoreHasIsNotSaidOfAnother) {
  Ask({HashOf('a')}, "tb");

  const auto answers = Ask({HashOf('a')}, "rd");

  EXPECT_FALSE(answers[0].known.at(HashOf('a')).cached);
  EXPECT_THAT(realdebrid_.checks.all(), SizeIs(1));
}

TEST_F(AvailabilityTest, WhatAStoreThatIsNotTrustedSaysIsForThisViewerAlone) {
  torbox_.traits.trusted = false;

  const auto answers = Ask({HashOf('a')});

  EXPECT_TRUE(answers[0].known.at(HashOf('a')).cached);
  EXPECT_EQ(tables_.Count("{magnets}"), 0);
  Ask({HashOf('a')});
  EXPECT_THAT(torbox_.checks.all(), SizeIs(2));
}

TEST_F(AvailabilityTest, AStoreWithoutACheckIsNotAskedAndKnowsNothing) {
  torbox_.traits.checks = false;

  const auto answers = Ask({HashOf('a')});

  EXPECT_TRUE(answers[0].known.empty());
  EXPECT_FALSE(answers[0].error);
  EXPECT_THAT(torbox_.checks.all(), SizeIs(0));
}

TEST_F(AvailabilityTest, AFailingCheckLeavesWhatWasKnownAndKeepsNothing) {
  Ask({HashOf('a')});
  torbox_.check_error = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "torbox: want 200"};

  const auto answers = Ask({HashOf('a'), HashOf('b')});

  ASSERT_TRUE(answers[0].error);
  EXPECT_EQ(answers[0].error->message, "torbox: want 200");
  EXPECT_TRUE(answers[0].known.at(HashOf('a')).cached);
  EXPECT_FALSE(answers[0].known.contains(HashOf('b')));
  EXPECT_EQ(tables_.Count("{magnets}"), 1);
}

TEST_F(AvailabilityTest, AFailingStoreLeavesTheOthers) {
  torbox_.check_error = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "x"};
  realdebrid_.held[HashOf('a')] = {};

  const auto answers = Ask({HashOf('a')}, "tb rd");

  EXPECT_TRUE(answers[0].error);
  EXPECT_TRUE(answers[1].known.at(HashOf('a')).cached);
}

TEST_F(AvailabilityTest, ManyHashesAreAskedForInParts) {
  const auto hashes = Many(1001);
  torbox_.held[hashes[1000]] = {};

  const auto answers = Ask(hashes);

  const auto checks = torbox_.checks.all();
  ASSERT_THAT(checks, SizeIs(3));
  EXPECT_THAT(checks[0], SizeIs(500));
  EXPECT_THAT(checks[2], ElementsAre(hashes[1000]));
  EXPECT_TRUE(answers[0].known.at(hashes[1000]).cached);
  EXPECT_THAT(answers[0].known, SizeIs(1001));
  EXPECT_THAT(Ask(hashes)[0].known, SizeIs(1001));
  EXPECT_THAT(torbox_.checks.all(), SizeIs(3)) << "all of them are kept";
}

TEST_F(AvailabilityTest, WithoutADatabaseItIsSlowerAndNoMore) {
  host_.database.Use(nullptr);

  EXPECT_TRUE(Ask({HashOf('a')})[0].known.at(HashOf('a')).cached);

  EXPECT_THAT(host_.log.Text(), HasSubstr("could not be looked up"));
  EXPECT_THAT(host_.log.Text(), HasSubstr("could not be kept"));
  EXPECT_THAT(host_.log.Text(), Not(HasSubstr("planted")));
}

}  // namespace
}  // namespace sluice::plugins::stremio
