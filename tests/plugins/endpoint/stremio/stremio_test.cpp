// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/stremio.hpp"

#include <gmock/gmock.h>

#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/testing/conformance_endpoint.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/json.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include "plugins/endpoint/stremio/userdata_url.hpp"
#include "tests/plugins/endpoint/routes.hpp"
#include "tests/plugins/endpoint/stremio/state_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using sdk::testing::RecordedResponse;
using sdk::testing::TestRequest;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kFilm = "/stream/movie/tt0133093.json";

std::string SegmentOf(const UserData& data) { return sdk::Base64UrlEncode(WriteUserData(data)); }

void OfferAll(const Offered& offered, sdk::testing::FakeHost& host) {
  host.components.Add("torbox", *offered.torbox);
  host.components.Add("realdebrid", *offered.realdebrid);
  host.components.Add("torznab", *offered.torznab);
  host.components.Add("pool", *offered.pool);
  host.components.Add("token", *offered.token);
  offered.torznab->releases = {ReleaseOf('a', "The.Matrix.1999.1080p.BluRay.x264-GRP")};
  offered.torbox->held[HashOf('a')] = {{.index = 0, .path = "film.mkv", .size_bytes = 1000}};
  offered.torbox->files = {{.index = 0, .path = "film.mkv", .size_bytes = 1000, .id = "f0"}};
}

constexpr std::string_view kOptions =
    R"({"stores": ["torbox", "realdebrid"], "indexers": ["torznab"], "auth": ["pool", "token"])";

class StremioTest : public ::testing::Test {
 protected:
  struct Answer {
    int status = 0;  ///< 0: an error was answered, or a source.
    std::string body{};
    std::vector<sdk::Header> headers{};
    std::optional<sdk::Error> error{};
    std::optional<sdk::Source> source{};

    std::string header(std::string_view name) const { return std::string(sdk::FieldValue(headers, name)); }
  };

  explicit StremioTest(std::string_view more = {}) {
    host_.database.Use(&tables_.service);
    OfferAll(offered_, host_);
    auto made =
        sdk::testing::CreateThroughAbi<Stremio>(std::string_view(std::string(kOptions).append(more) + "}"), host_);
    EXPECT_TRUE(made) << made.error().message;
    if (made) addon_.emplace(*std::move(made));
  }
  void TearDown() override {
    host_.tasks.Wait();
    for (const auto& method : addon_->violations()) ADD_FAILURE() << method << " broke a rule of the boundary";
    EXPECT_THAT(host_.log.Text(), Not(HasSubstr("key-of")));
    EXPECT_THAT(host_.metrics.Text(), Not(HasSubstr("key-of")));
  }

  Answer Ask(const std::string& method, const std::string& path, std::string_view body = {}) {
    TestRequest request(method, path);
    request.Header("Host", "sluice.example").Header("User-Agent", "player/1");
    const auto route = RouteOf(**addon_, method == "HEAD" ? "GET" : method, path, request);
    if (!route) return {.body = "no route"};
    RecordedResponse response;
    auto handled = (*addon_)->Handle(sdk::testing::AnyCall(), *route, request.head(), sdk::AsBytes(body), response);
    Answer answer{.status = response.status, .body = response.body, .headers = response.headers};
    if (!handled) answer.error = handled.error();
    if (handled) answer.source = *std::move(handled);
    return answer;
  }
  Answer Get(const std::string& path) { return Ask("GET", path); }
  std::optional<sdk::Errc> Refusal(const std::string& path) {
    const auto answer = Get(path);
    return answer.error ? std::optional(answer.error->code) : std::nullopt;
  }
  /// Of the one stream that there is.
  std::string TextOfStream(const std::string& path, std::string_view pointer) {
    const auto answer = Get(path);
    EXPECT_EQ(answer.status, 200);
    const auto json = sdk::testing::Json::Parse(answer.body);
    EXPECT_TRUE(json) << answer.body;
    const auto* const found = json ? json->Find("/streams/0" + std::string(pointer)) : nullptr;
    return found == nullptr ? "(absent)" : found->is(SLUICE_CONFIG_STRING) ? found->text() : found->Dump();
  }
  /// The path of the one stream's URL, as the addon sees it.
  std::string PathOfFilm(const std::string& segment) {
    auto url = TextOfStream("/" + segment + kFilm, "/url");
    constexpr std::string_view kSite = "http://sluice.example/stremio/torz";
    EXPECT_TRUE(url.starts_with(kSite)) << url;
    return url.substr(std::min(url.size(), kSite.size()));
  }
  std::string Own() const { return SegmentOf(OwnKeys({"tb"})); }

  Tables tables_;
  sdk::testing::FakeHost host_;
  Offered offered_;
  std::optional<sdk::testing::ThroughAbi<sdk::Endpoint>> addon_;
};

TEST_F(StremioTest, JsonMayBeReadByAnySiteAndKeptByNobody) {
  for (const auto& path : {std::string("/manifest.json"), "/" + Own() + "/manifest.json", "/" + Own() + kFilm}) {
    const auto answer = Get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*") << path;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << path;
    EXPECT_THAT(answer.header("Content-Type"), HasSubstr("application/json")) << path;
  }
}

TEST_F(StremioTest, TheManifestSaysWhetherItIsConfigured) {
  EXPECT_THAT(Get("/manifest.json").body, HasSubstr(R"("configurationRequired":true)"));
  const auto own = Get("/" + Own() + "/manifest.json").body;
  EXPECT_THAT(own, HasSubstr(R"("configurationRequired":false)"));
  EXPECT_THAT(own, Not(HasSubstr("key-of")));
}

TEST_F(StremioTest, AFilmIsListedAndItsUrlLeadsToTheStore) {
  const auto path = PathOfFilm(Own());

  const auto moved = Get(path);

  EXPECT_EQ(moved.status, 302);
  EXPECT_EQ(moved.header("Location"), "https://cdn.example/film");
  EXPECT_EQ(moved.header("Cache-Control"), "no-store");
  EXPECT_EQ(moved.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(moved.header("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(moved.source);
  const auto shown = offered_.pool->asked.all().back();
  EXPECT_EQ(shown.action, "stream");
  EXPECT_EQ(shown.hash, HashOf('a'));
  EXPECT_EQ(shown.user_agent, "player/1");
}

TEST_F(StremioTest, HeadLeadsTheSameWayAndIsNoUse) {
  const auto path = PathOfFilm(Own());

  const auto head = Ask("HEAD", path);

  EXPECT_EQ(head.status, 302);
  EXPECT_EQ(head.header("Location"), "https://cdn.example/film");
  EXPECT_THAT(host_.usage.records(), SizeIs(0));
  Get(path);
  const auto records = host_.usage.records();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].backend, "token");
  EXPECT_EQ(records[0].subject, "own");
  EXPECT_EQ(records[0].key_id, "own-key");
  EXPECT_EQ(records[0].action, "stream-served");
  EXPECT_EQ(records[0].hash, HashOf('a'));
  EXPECT_TRUE(records[0].cached);
  EXPECT_EQ(records[0].bytes, 1000U);
  EXPECT_THAT(offered_.torbox->adds.all(), SizeIs(1)) << "both had the same link";
}

TEST_F(StremioTest, WhoSeeksWatchesOnce) {
  const auto path = PathOfFilm(Own());

  Get(path);
  host_.clock.Advance(std::chrono::hours(3) - std::chrono::seconds(1));
  Get(path);
  EXPECT_THAT(host_.usage.records(), SizeIs(1));

  host_.clock.Advance(std::chrono::seconds(1));
  Get(path);
  EXPECT_THAT(host_.usage.records(), SizeIs(2));
}

TEST_F(StremioTest, UseThatCannotBeWrittenDownStopsNobody) {
  const auto path = PathOfFilm(Own());
  host_.usage.FailWith(sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "disk full"});

  EXPECT_EQ(Get(path).status, 302);
  EXPECT_THAT(host_.log.Text(), HasSubstr("disk full"));
}

TEST_F(StremioTest, WhoIsRefusedSeesWhyInTheListAndInTheClip) {
  const auto path = PathOfFilm(Own());
  Get(path);
  offered_.pool->Refuse(sdk::Errc::kPermissionDenied, "disabled");

  EXPECT_THAT(TextOfStream("/" + Own() + kFilm, "/description"), HasSubstr("disabled"));
  EXPECT_EQ(Get(path).header("Location"), "http://sluice.example/stremio/torz/clips/403.mp4")
      << "although the link is known still";
  EXPECT_THAT(host_.usage.records(), SizeIs(1));
}

TEST_F(StremioTest, AFailureIsAClipThatIsThere) {
  const auto path = PathOfFilm(Own());
  offered_.torbox->add_error = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "torbox: want 200"};

  const auto moved = Get(path);

  EXPECT_EQ(moved.status, 302);
  EXPECT_EQ(moved.header("Location"), "http://sluice.example/stremio/torz/clips/download_failed.mp4");
  EXPECT_EQ(Get("/clips/download_failed.mp4").header("Content-Type"), "video/mp4");
  EXPECT_EQ(Refusal("/clips/nothing.mp4"), sdk::Errc::kNotFound);
  EXPECT_THAT(host_.usage.records(), SizeIs(0));
}

TEST_F(StremioTest, FaultsOfARequestAreRefusedAndQuoteNothing) {
  const auto own = "/" + Own();
  for (const auto& path : {"/%21%21/manifest.json" + std::string(), "/e.AAAA/manifest.json" + std::string(),
                           own + "/stream/movie/xx1.json", own + "/stream/series/tt1.json",
                           own + "/_/strem/tt1/tb/abc/0/", own + "/_/strem/tt1/zz/" + HashOf('a') + "/0/"}) {
    const auto answer = Get(path);
    ASSERT_TRUE(answer.error) << path;
    EXPECT_EQ(answer.error->code, sdk::Errc::kInvalidArgument) << path;
    EXPECT_THAT(answer.error->message, Not(HasSubstr("key-of")));
  }
  EXPECT_EQ(Refusal("/k.nobody/manifest.json"), sdk::Errc::kNotFound);
}

TEST_F(StremioTest, TheStartLeadsToThePage) {
  EXPECT_EQ(Get("/").header("Location"), "http://sluice.example/stremio/torz/configure");
  const auto page = Get("/configure");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_NE(page.header("Content-Security-Policy"), "");
  EXPECT_EQ(page.header("Access-Control-Allow-Origin"), "") << "no other site reads what viewers type";
  EXPECT_THAT(Get("/" + Own() + "/configure").body, Not(HasSubstr("key-of")));
}

TEST_F(StremioTest, AFormGivesASegmentThatShowsNothing) {
  for (const auto* const more : {"", "&saved=on"}) {
    const auto done = Ask("POST", "/configure",
                          "stores_length=1&stores%5B0%5D.code=tb&stores%5B0%5D.token=key-of-tb" + std::string(more));
    ASSERT_EQ(done.status, 200) << done.body;
    const auto at = done.body.find("/stremio/torz/" + std::string(*more != '\0' ? "k." : "e."));
    ASSERT_NE(at, std::string::npos) << done.body;
    const auto segment = done.body.substr(at + 14, done.body.find("/manifest.json", at) - at - 14);

    EXPECT_EQ(TextOfStream("/" + segment + kFilm, "/behaviorHints/filename"), "film.mkv");
    EXPECT_EQ(Get(PathOfFilm(segment)).status, 302);
  }
  EXPECT_EQ(offered_.torbox->tokens.all().back(), "key-of-tb");
}

class ProxiedStremioTest : public StremioTest {
 protected:
  ProxiedStremioTest() : StremioTest(R"(, "delivery": "proxy")") {}
};

TEST_F(ProxiedStremioTest, TheGatewayFetchesAndTheViewerSeesNoLink) {
  offered_.torbox->link.expires_at =
      std::chrono::floor<std::chrono::seconds>(host_.clock.Now()) + std::chrono::hours(1);

  const auto answer = Get(PathOfFilm(Own()));

  EXPECT_EQ(answer.status, 0);
  ASSERT_TRUE(answer.source);
  EXPECT_EQ(answer.source->url, "https://cdn.example/film");
  EXPECT_EQ(answer.source->expires_at, offered_.torbox->link.expires_at);
  ASSERT_TRUE(answer.source->usage);
  EXPECT_EQ(answer.source->usage->backend, "token");
  EXPECT_EQ(answer.source->usage->subject, "own");
  EXPECT_THAT(host_.usage.records(), SizeIs(0)) << "core writes down what is sent";
}

TEST_F(ProxiedStremioTest, AFileOfTheServersIsNotFetched) {
  offered_.torbox->link.url = "file:///etc/passwd";

  const auto answer = Get(PathOfFilm(Own()));

  EXPECT_FALSE(answer.source);
  EXPECT_THAT(answer.header("Location"), HasSubstr("/clips/500.mp4"));
}

class LockedStremioTest : public StremioTest {
 protected:
  LockedStremioTest() : StremioTest(R"(, "locked": true)") {}
};

TEST_F(LockedStremioTest, OnlyConfigurationsThatShowNothingAreTaken) {
  const auto own = "/" + Own();
  const auto sealed = SealedSegment(OwnKeys({"tb"}), host_.secrets);
  ASSERT_TRUE(sealed);

  for (const auto& path :
       {own + "/manifest.json", own + kFilm, own + "/configure", own + "/_/strem/tt0133093/tb/" + HashOf('a') + "/0/"})
    EXPECT_EQ(Refusal(path), sdk::Errc::kPermissionDenied) << path;

  EXPECT_EQ(Get("/" + *sealed + "/manifest.json").status, 200);
  EXPECT_EQ(Get(PathOfFilm(*sealed)).status, 302);
}

TEST(StremioConfigTest, StoresHaveToBeNamedAsTheyAre) {
  sdk::testing::FakeHost host;
  Offered offered;
  OfferAll(offered, host);
  host.components.Add("mine", *offered.torbox);

  const auto made = sdk::testing::CreateThroughAbi<Stremio>(
      std::string_view(R"({"stores": ["torbox", "mine"], "auth": ["pool"]})"), host);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("/stores/1: want a component that is named as its store is"));
  const auto twice = sdk::testing::CreateThroughAbi<Stremio>(
      std::string_view(R"({"stores": ["torbox", "torbox"], "auth": ["pool"]})"), host);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("/stores/1"));
  const auto elsewhere = sdk::testing::CreateThroughAbi<Stremio>(
      std::string_view(R"({"stores": ["torbox"], "auth": ["pool"], "base_url": "ftp://a.example"})"), host);
  ASSERT_FALSE(elsewhere);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("/base_url"));
}

/// A list of streams, out of a database of its own.
struct StreamsFixture : sdk::testing::EndpointFixture {
  StreamsFixture() {
    config =
        std::string_view(R"({"stores": ["torbox", "realdebrid"], "indexers": ["torznab"], "auth": ["pool", "token"]})");
    request = TestRequest("GET", "/" + SegmentOf(OwnKeys({"tb"})) + kFilm).Header("Host", "sluice.example");
    route = 8;
    secrets = {"key-of-tb"};
  }
  void Prepare(sdk::testing::FakeHost& host) override {
    host.database.Use(&tables.service);
    OfferAll(offered, host);
  }

  Tables tables;
  Offered offered;
};
SLUICE_ENDPOINT_CONFORMANCE(Stremio, StreamsFixture);

/// The playback of one.
struct PlayFixture : StreamsFixture {
  PlayFixture() {
    request =
        TestRequest("GET", "/" + SegmentOf(OwnKeys({"tb"})) + "/_/strem/tt0133093/tb/" + HashOf('a') + "/0/film.mkv")
            .Header("Host", "sluice.example");
    route = 9;
  }
};
SLUICE_ENDPOINT_CONFORMANCE(Stremio, PlayFixture);

}  // namespace
}  // namespace sluice::plugins::stremio
