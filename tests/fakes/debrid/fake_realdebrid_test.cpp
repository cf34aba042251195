// SPDX-License-Identifier: MIT
// That the fake is as strict and as odd as the store: what tests against it rest on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/fakes/debrid/realdebrid.hpp"

namespace sluice::fakes::debrid {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kMagnet = "magnet=magnet:%3Fxt%3Durn:btih:";
const std::string kCached(40, 'a');
const std::string kSlow(40, 'b');

class FakeRealDebridTest : public ::testing::Test {
 protected:
  FakeRealDebridTest() {
    fake_.world().AddAccount({.key = "k1"});
    fake_.world().AddContent({.hash = kCached, .name = "n", .files = {{"r/a.mkv", 100}, {"r/b.nfo", 10}}});
    fake_.world().AddContent({.hash = kSlow, .name = "s", .files = {{"s.mkv", 100}}, .cached = false});
  }

  Response Ask(const std::string& method, const std::string& target, const std::string& body = "",
               const std::string& key = "Bearer k1") {
    return fake_.Handle(MakeRequest(
        method, "/rest/1.0/" + target,
        {{"Authorization", key}, {"User-Agent", "test"}, {"Content-Type", "application/x-www-form-urlencoded"}}, body));
  }
  Json Body(const Response& answer) { return Json::parse(answer.body, nullptr, false); }
  std::string Add(const std::string& hash) { return Body(Ask("POST", "torrents/addMagnet", kMagnet + hash))["id"]; }
  Json Info(const std::string& id) { return Body(Ask("GET", "torrents/info/" + id)); }

  FakeRealDebrid fake_{"http://a.test:1"};
};

TEST_F(FakeRealDebridTest, TakesATorrentThroughAllItsStates) {
  const auto id = Add(kSlow);
  EXPECT_EQ(Info(id)["status"], "magnet_conversion");
  EXPECT_THAT(Info(id)["files"], IsEmpty()) << "not known yet";
  fake_.world().Advance(3s);
  EXPECT_EQ(Info(id)["status"], "waiting_files_selection");
  EXPECT_EQ(Ask("POST", "torrents/selectFiles/" + id, "files=1").status, 204);
  EXPECT_EQ(Ask("POST", "torrents/selectFiles/" + id, "files=1").status, 202) << "done already";
  EXPECT_EQ(Info(id)["status"], "queued");
  fake_.world().Advance(10s);
  EXPECT_EQ(Info(id)["status"], "downloading");
  EXPECT_THAT(Info(id)["links"], IsEmpty());
  fake_.world().Advance(110s);
  EXPECT_EQ(Info(id)["status"], "downloaded");
  EXPECT_THAT(Info(id)["links"], SizeIs(1));
  EXPECT_THAT(fake_.world().violations(), IsEmpty());
}

TEST_F(FakeRealDebridTest, HasAsManyTorrentsOfAHashAsAreAdded) {
  EXPECT_NE(Add(kCached), Add(kCached));
  fake_.RefuseDuplicates(true);
  EXPECT_EQ(Body(Ask("POST", "torrents/addMagnet", kMagnet + kCached))["error_code"], 33);
}

TEST_F(FakeRealDebridTest, ListsWithATotalAndNothingWithoutABody) {
  const auto none = Ask("GET", "torrents");
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(sdk::FieldValue(none.headers, "X-Total-Count"), "0");
  Add(kCached);
  Add(kSlow);
  const auto one = Ask("GET", "torrents?limit=1&offset=1");
  EXPECT_EQ(sdk::FieldValue(one.headers, "X-Total-Count"), "2");
  ASSERT_THAT(Body(one), SizeIs(1));
  EXPECT_EQ(Body(one)[0]["hash"], kCached);
  EXPECT_FALSE(Body(one)[0].contains("files"));
  EXPECT_EQ(Ask("GET", "torrents?offset=3").status, 400) << "behind the end";
}

TEST_F(FakeRealDebridTest, PairsLinksWithChosenFilesUnlessItPacksThem) {
  const auto id = Add(kCached);
  Ask("POST", "torrents/selectFiles/" + id, "files=all");
  ASSERT_THAT(Info(id)["links"], SizeIs(2));
  const auto link = Info(id)["links"][1].get<std::string>();
  EXPECT_EQ(Body(Ask("POST", "unrestrict/link", "link=" + link))["filename"], "b.nfo");
  fake_.PackFiles(true);
  ASSERT_THAT(Info(id)["links"], SizeIs(1));
  const auto packed = Info(id)["links"][0].get<std::string>();
  EXPECT_EQ(Body(Ask("POST", "unrestrict/link", "link=" + packed))["filename"], "n.rar");
}

TEST_F(FakeRealDebridTest, SaysNoAsTheStoreDoes) {
  EXPECT_EQ(Ask("GET", "user", "", "Bearer x").status, 401);
  EXPECT_EQ(Body(Ask("GET", "user", "", "Bearer x"))["error_code"], 8);
  EXPECT_EQ(Body(Ask("GET", "torrents/info/NONE"))["error_code"], 7);
  EXPECT_EQ(Ask("DELETE", "torrents/delete/NONE").status, 404);
  EXPECT_EQ(Ask("GET", "torrents/instantAvailability/" + kCached).status, 403);
  EXPECT_EQ(Body(Ask("GET", "torrents/instantAvailability/" + kCached))["error_code"], 37);
  for (int i = 0; i < 250; ++i) Ask("GET", "user");
  EXPECT_EQ(Ask("GET", "user").status, 429);
  EXPECT_EQ(Body(Ask("GET", "user"))["error_code"], 34);
}

TEST_F(FakeRealDebridTest, RecordsWhatTheStoreWouldNotUnderstand) {
  const auto id = Add(kCached);
  EXPECT_EQ(Ask("POST", "torrents/selectFiles/" + id, "files=9").status, 400);
  EXPECT_EQ(Ask("POST", "torrents/addTorrent").status, 400);
  EXPECT_EQ(Ask("GET", "torrents?limit=5001").status, 400);
  EXPECT_EQ(Ask("GET", "nothing").status, 404);
  EXPECT_THAT(fake_.world().violations(), SizeIs(4));
}

}  // namespace
}  // namespace sluice::fakes::debrid
