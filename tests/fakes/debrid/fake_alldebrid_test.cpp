// SPDX-License-Identifier: MIT
// That the fake is as strict and as odd as the store: what tests against it rest on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/fakes/debrid/alldebrid.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"

namespace sluice::fakes::debrid {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kMagnetHash(40, 'a');
const std::string kHosterPage = "https://hoster.example/f/1";

class FakeAllDebridTest : public ::testing::Test {
 protected:
  FakeAllDebridTest() {
    fake_.world().AddAccount({.key = "k1"});
    fake_.world().AddContent(
        {.hash = kMagnetHash, .name = "n", .files = {{"r/a.mkv", 100}, {"r/s/b.mkv", 10}, {"r/c.nfo", 1}}});
    fake_.world().AddContent({.kind = Kind::kWeb,
                              .hash = HashOf(Kind::kWeb, kHosterPage, {}),
                              .name = "page.mp4",
                              .files = {{"page.mp4", 5}}});
  }

  Response Ask(const std::string& method, const std::string& target, const std::string& body = "",
               const std::string& key = "Bearer k1") {
    const auto whole = target + (target.find('?') == std::string::npos ? "?" : "&") + "agent=test";
    return fake_.Handle(MakeRequest(
        method, whole, {{"Authorization", key}, {"Content-Type", "application/x-www-form-urlencoded"}}, body));
  }
  Json Data(const Response& answer) { return Json::parse(answer.body)["data"]; }
  std::string ErrorOf(const Response& answer) { return Json::parse(answer.body)["error"]["code"]; }
  Json Upload(const std::string& hash) {
    return Data(Ask("POST", "/v4/magnet/upload", "magnets[]=magnet:%3Fxt%3Durn:btih:" + hash))["magnets"][0];
  }

  FakeAllDebrid fake_{"http://a.test:1"};
};

TEST_F(FakeAllDebridTest, ComplainsOfOneMagnetWithinAGoodAnswer) {
  const auto answer =
      Ask("POST", "/v4/magnet/upload", "magnets[]=magnet:%3Fxt%3Durn:btih:" + kMagnetHash + "&magnets[]=bad");

  ASSERT_THAT(Data(answer)["magnets"], SizeIs(2));
  EXPECT_EQ(Data(answer)["magnets"][0]["ready"], true);
  EXPECT_EQ(Data(answer)["magnets"][1]["error"]["code"], "MAGNET_INVALID_URI");
}

TEST_F(FakeAllDebridTest, AnswersOneMagnetAsAnObjectAndAllAsAList) {
  const auto id = std::to_string(Upload(kMagnetHash)["id"].get<int>());

  EXPECT_TRUE(Data(Ask("GET", "/v4.1/magnet/status?id=" + id))["magnets"].is_object());
  EXPECT_TRUE(Data(Ask("GET", "/v4.1/magnet/status"))["magnets"].is_array());
  fake_.ListByKey(true);
  EXPECT_TRUE(Data(Ask("GET", "/v4.1/magnet/status"))["magnets"].contains(id));
  EXPECT_EQ(ErrorOf(Ask("GET", "/v4.1/magnet/status?id=999")), "MAGNET_INVALID_ID");
}

TEST_F(FakeAllDebridTest, TellsFilesAsATree) {
  const auto id = std::to_string(Upload(kMagnetHash)["id"].get<int>());
  const auto tree = Data(Ask("GET", "/v4.1/magnet/status?id=" + id))["magnets"]["files"];

  ASSERT_THAT(tree, SizeIs(1));
  EXPECT_EQ(tree[0]["n"], "r");
  ASSERT_THAT(tree[0]["e"], SizeIs(3));
  EXPECT_EQ(tree[0]["e"][1]["e"][0]["n"], "b.mkv");
  EXPECT_EQ(Data(Ask("GET", "/v4/magnet/files?id[]=" + id))["magnets"][0]["files"], tree);
}

TEST_F(FakeAllDebridTest, TakesItsTimeToMakeLinks) {
  fake_.DelayLinks(10s);
  const auto unlocked = Data(Ask("GET", "/v4/link/unlock?link=" + kHosterPage));
  EXPECT_EQ(unlocked["link"], "");
  const auto target = "/v4/link/delayed?id=" + std::to_string(unlocked["delayed"].get<int>());
  EXPECT_EQ(Data(Ask("GET", target))["status"], 1);
  EXPECT_EQ(Data(Ask("GET", target))["time_left"], 10);
  fake_.world().Advance(10s);
  EXPECT_EQ(Data(Ask("GET", target))["status"], 2);
  fake_.DelayLinks(-1s);
  const auto failing = Data(Ask("GET", "/v4/link/unlock?link=" + kHosterPage))["delayed"].get<int>();
  fake_.world().Advance(1s);
  EXPECT_EQ(Data(Ask("GET", "/v4/link/delayed?id=" + std::to_string(failing)))["status"], 3);
}

TEST_F(FakeAllDebridTest, SaysNoAsTheStoreDoes) {
  EXPECT_EQ(ErrorOf(Ask("GET", "/v4/user", "", "Bearer x")), "AUTH_BAD_APIKEY");
  EXPECT_EQ(ErrorOf(Ask("GET", "/v4/user", "", "")), "AUTH_MISSING_APIKEY");
  fake_.RefuseServers(true);
  const auto refused = Ask("GET", "/v4/link/unlock?link=" + kHosterPage);
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(ErrorOf(refused), "NO_SERVER");
  for (int i = 0; i < 12; ++i) Ask("GET", "/v4/user");
  EXPECT_EQ(Ask("GET", "/v4/user").status, 429);
  EXPECT_THAT(fake_.world().violations(), IsEmpty());
}

TEST_F(FakeAllDebridTest, RecordsWhatTheStoreWouldNotUnderstand) {
  Ask("GET", "/v4/magnet/instant");
  Ask("GET", "/v4/magnet/upload");
  Ask("GET", "/v4/user?x=1");
  fake_.Handle(MakeRequest("GET", "/v4/user", {{"Authorization", "Bearer k1"}}, ""));
  const auto id = std::to_string(Upload(kMagnetHash)["id"].get<int>());
  Ask("GET", "/v4/link/unlock?link=https://alldebrid.com/f/" + id + "X0&userip=203.0.113.5");

  EXPECT_THAT(fake_.world().violations(), SizeIs(5));
}

}  // namespace
}  // namespace sluice::fakes::debrid
