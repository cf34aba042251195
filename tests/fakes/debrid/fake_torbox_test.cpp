// SPDX-License-Identifier: MIT
// That the fake is as strict and as odd as the store: what tests against it rest on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/fakes/debrid/control.hpp"
#include "tests/fakes/debrid/torbox.hpp"

namespace sluice::fakes::debrid {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHash(40, 'a');

class FakeTorBoxTest : public ::testing::Test {
 protected:
  FakeTorBoxTest() {
    torbox_.world().AddAccount({.key = "k1"});
    torbox_.world().AddContent({.hash = kHash, .name = "n", .files = {{"r/a.mkv", 100}, {"r/b.mkv", 10}}});
  }

  Response Ask(const std::string& method, const std::string& target, const std::string& body = "",
               const std::string& type = "application/json", const std::string& key = "Bearer k1") {
    return torbox_.Handle(MakeRequest(method, target, {{"Authorization", key}, {"Content-Type", type}}, body));
  }
  Response Get(const std::string& target) { return Ask("GET", "/v1/api/" + target); }
  Json Data(const Response& answer) { return Json::parse(answer.body)["data"]; }
  Response Create(const std::string& hash) {
    return Ask("POST", "/v1/api/torrents/createtorrent", "magnet=magnet:%3Fxt%3Durn:btih:" + hash,
               "application/x-www-form-urlencoded");
  }
  Response Cdn(const std::string& method, const std::string& url, const std::string& range = "",
               const std::string& ip = "") {
    auto request = MakeRequest(method, url.substr(15), {}, "");
    if (!range.empty()) request.headers.push_back({"Range", range});
    request.client_ip = ip;
    return torbox_.Handle(request);
  }
  std::string Linked() {
    return Data(Get("torrents/requestdl?token=k1&torrent_id=11&file_id=1&zip_link=false&user_ip=203.0.113.5"));
  }

  FakeTorBox torbox_{"http://a.test:1"};
};

TEST_F(FakeTorBoxTest, ChecksByGetAndByPost) {
  const auto by_get = Get("torrents/checkcached?hash=" + kHash + "&hash=x&format=list&list_files=true");
  const auto by_post = Ask("POST", "/v1/api/torrents/checkcached?format=list", Json{{"hashes", {kHash}}}.dump());

  ASSERT_THAT(Data(by_get), SizeIs(1));
  EXPECT_EQ(Data(by_get)[0]["files"][0]["name"], "r/a.mkv");
  EXPECT_FALSE(Data(by_post)[0].contains("files"));
  EXPECT_THAT(torbox_.world().violations(), IsEmpty());
}

TEST_F(FakeTorBoxTest, AnswersOneItemMoreAndNotFoundForNone) {
  EXPECT_EQ(Get("torrents/mylist?bypass_cache=true").status, 404);
  for (int i = 0; i < 3; ++i) (void)Create(std::string(40, static_cast<char>('0' + i)));

  EXPECT_THAT(Data(Get("torrents/mylist?bypass_cache=true&limit=1")), SizeIs(2));
  EXPECT_THAT(Data(Get("torrents/mylist?bypass_cache=true&limit=5&offset=2")), SizeIs(1));
}

TEST_F(FakeTorBoxTest, GivesFilesOtherIdsThanPositions) {
  EXPECT_EQ(Data(Create(kHash))["torrent_id"], 11);

  const auto files = Data(Get("torrents/mylist?bypass_cache=true&id=11"))["files"];

  EXPECT_EQ(files[0]["name"], "r/b.mkv");
  EXPECT_EQ(files[0]["id"], 0);
  EXPECT_EQ(files[1]["id"], 1);
  EXPECT_EQ(Linked(), "http://a.test:1/dld/1?token=cdn-token-1");
}

TEST_F(FakeTorBoxTest, RecordsWhatItWouldNotUnderstand) {
  (void)Get("torrents/mylist");
  (void)Get("torrents/mylist?bypass_cache=true&x=1");
  (void)Get("torrents/requestdl?token=k1&torrent_id=11&zip_link=false");
  (void)Get("torrents/requestdl?torrent_id=11&file_id=0&zip_link=false");
  (void)Ask("DELETE", "/v1/api/user/me");
  (void)Ask("POST", "/v1/api/torrents/controltorrent", R"({"torrent_id": 11, "operation": "delete"})");
  (void)Ask("POST", "/v1/api/torrents/createtorrent", "{}");
  (void)Get("nothing");

  EXPECT_THAT(torbox_.world().violations(), SizeIs(8));
  EXPECT_EQ(Json::parse(Ask("GET", "/v1/api/user/me", "", "", "Bearer other").body)["error"], "BAD_TOKEN");
  EXPECT_EQ(Json::parse(Ask("GET", "/v1/api/user/me", "", "", "").body)["error"], "NO_AUTH");
}

TEST_F(FakeTorBoxTest, CountsOrdersOfWhatIsNotCached) {
  for (int i = 0; i < 11; ++i) EXPECT_EQ(Create(std::string(39, 'b') + "0123456789a"[i]).status, i < 10 ? 200 : 429);
  EXPECT_EQ(Create(kHash).status, 200);
  EXPECT_EQ(torbox_.world().crossed(), 1U);
  torbox_.world().Advance(60s);
  EXPECT_EQ(Create(std::string(40, 'c')).status, 200);
}

TEST_F(FakeTorBoxTest, ServesItsLinks) {
  (void)Create(kHash);
  const auto url = Linked();

  EXPECT_EQ(Cdn("GET", url).body, Cdn::Octets("r/a.mkv", 0, 100));
  EXPECT_EQ(Cdn("HEAD", url).body, "");
  const auto part = Cdn("GET", url, "bytes=90-");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, Cdn::Octets("r/a.mkv", 90, 10));
  EXPECT_EQ(sdk::FieldValue(part.headers, "Content-Range"), "bytes 90-99/100");
  EXPECT_EQ(Cdn("GET", url, "bytes=-10").body, part.body);
  EXPECT_EQ(Cdn("GET", url, "bytes=0-0").body, Cdn::Octets("r/a.mkv", 0, 1));
  EXPECT_EQ(Cdn("GET", url, "bytes=100-").status, 416);
  EXPECT_EQ(Cdn("POST", url).status, 405);
  EXPECT_EQ(Cdn("GET", url + "x").status, 403);
  torbox_.world().Advance(1h);
  EXPECT_EQ(Cdn("GET", url).status, 410);
}

TEST_F(FakeTorBoxTest, BindsLinksToAnAddress) {
  torbox_.BindLinks(true);
  (void)Create(kHash);
  const auto url = Linked();

  EXPECT_EQ(Cdn("GET", url, "", "203.0.113.5").status, 200);
  EXPECT_EQ(Cdn("GET", url, "", "203.0.113.6").status, 403);
}

TEST_F(FakeTorBoxTest, BreaksAsItIsTold) {
  auto& world = torbox_.world();
  for (const auto* name : {"429", "500", "malformed", "type", "html", "reset"})
    world.Break(*FaultByName(name, "user/me"));
  world.Break({.endpoint = "user/me", .latency = 5s, .trickle = 1s, .drop_after = 3});
  EXPECT_FALSE(FaultByName("other", ""));

  EXPECT_EQ(Get("torrents/mylist?bypass_cache=true").status, 404) << "another endpoint";
  EXPECT_EQ(sdk::FieldValue(Get("user/me").headers, "Retry-After"), "30");
  EXPECT_EQ(Get("user/me").status, 500);
  EXPECT_FALSE(Json::accept(Get("user/me").body));
  EXPECT_EQ(sdk::FieldValue(Get("user/me").headers, "Content-Type"), "application/octet-stream");
  EXPECT_THAT(Get("user/me").body, HasSubstr("<!doctype html>"));
  EXPECT_TRUE(Get("user/me").reset);
  const auto slow = Get("user/me");
  EXPECT_EQ(slow.latency, 5s);
  EXPECT_EQ(slow.drop_after, 3U);
  EXPECT_EQ(Get("user/me").latency, 0s);
}

TEST_F(FakeTorBoxTest, IsScriptedFromElsewhere) {
  const auto say = [&](const std::string& body) {
    return Control(torbox_, {.method = "POST", .path = "", .body = body});
  };
  EXPECT_EQ(say(R"({"account": {"key": "k2", "plan": 0}, "bind_links": false, "link_life": 10, "advance": 5,
                    "fault": {"name": "500", "times": 0}, "content": {"hash": "x", "files": [{"name": "a", "size": 1}],
                    "timeline": [{"after": 1, "state": "downloading"}]}})")
                .status,
            200);
  for (const auto* body : {"", "7", R"({"other": 1})", R"({"account": {}})", R"({"fault": {"name": "other"}})"})
    EXPECT_EQ(say(body).status, 400) << body;

  EXPECT_EQ(torbox_.world().FindAccount("k2")->plan, 0);
  EXPECT_THAT(torbox_.world().FindContent(Kind::kTorrent, "x")->timeline,
              ElementsAre(Step{.after = 1s, .state = "downloading"}));
  (void)Get("user/me");
  const auto seen = Json::parse(Control(torbox_, {.method = "GET", .path = ""}).body);
  EXPECT_EQ(seen["counts"]["user/me"], 1);
}

}  // namespace
}  // namespace sluice::fakes::debrid
