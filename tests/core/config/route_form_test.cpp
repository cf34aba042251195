// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::FakeEnvironment;
using testing::FaultsOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LoadGood;
using ::testing::Not;

const std::string kSample = SLUICE_SOURCE_DIR "/tests/core/config/data/routes.yaml";

Config LoadSample() {
  Faults faults;
  auto config = Load(kSample, FakeEnvironment(), faults);
  EXPECT_EQ(faults.Text(), "");
  return config;
}

const Pipeline& PipelineOf(const Config& config, const std::string& name) {
  static const Pipeline kNone;
  for (const auto& pipeline : config.pipelines) {
    if (pipeline.name == name) return pipeline;
  }
  ADD_FAILURE() << "no pipeline " << name;
  return kNone;
}

const Component& ComponentOf(const Config& config, const std::string& name) {
  static const Component kNone;
  for (const auto& component : config.components) {
    if (component.name == name) return component;
  }
  ADD_FAILURE() << "no component " << name;
  return kNone;
}

/// The fetch step is the second of every pipeline that the form makes.
const Step& FetchOf(const Config& config, const std::string& pipeline) {
  const auto& steps = PipelineOf(config, pipeline).steps;
  EXPECT_EQ(steps.at(1).kind, Step::Kind::kFetch);
  return steps.at(1);
}

TEST(RouteFormTest, TheWholeFormLoadsUnchanged) {
  const auto config = LoadSample();

  ASSERT_EQ(config.listeners.size(), 2u);
  EXPECT_EQ(config.listeners[0].name, "port-8443");
  EXPECT_EQ(config.listeners[0].address, "0.0.0.0:8443");
  ASSERT_TRUE(config.listeners[0].tls);
  EXPECT_EQ(config.listeners[0].tls->certificate, "/etc/sprox/tls/cert.pem");
  EXPECT_EQ(config.listeners[0].tls->private_key, "/etc/sprox/tls/key.pem");
  EXPECT_EQ(config.listeners[1].address, "[::]:8080");
  EXPECT_FALSE(config.listeners[1].tls);
  ASSERT_EQ(config.pipelines.size(), 4u);
  EXPECT_EQ(config.pipelines[0].name, "direct-stream") << "before routes that take every path";
  EXPECT_EQ(config.pipelines[1].name, "vod-edge");
  EXPECT_EQ(config.pipelines[2].name, "api-pass-through");
  EXPECT_EQ(config.pipelines[3].name, "plain");
}

TEST(RouteFormTest, ARouteBecomesAPipeline) {
  const auto config = LoadSample();
  const auto& vod = PipelineOf(config, "vod-edge");

  EXPECT_THAT(vod.match.listeners, ElementsAre("port-8443"));
  EXPECT_THAT(vod.match.hosts, ElementsAre("*.vod.example.com", "vod.example.com"));
  EXPECT_THAT(vod.match.protocols, ElementsAre("https"));
  EXPECT_EQ(vod.match.path, "/**");
  EXPECT_THAT(vod.match.methods, IsEmpty());
  ASSERT_EQ(vod.steps.size(), 3u);
  EXPECT_EQ(vod.steps[0].resolve.component, "vod-edge/resolve");
  EXPECT_EQ(ComponentOf(config, "vod-edge/resolve").type, "route");
  EXPECT_EQ(*ComponentOf(config, "vod-edge/resolve").config, Json({{"origin", "https://origin.example.com/vod/"}}));
  EXPECT_EQ(vod.steps[1].deadline, seconds(15));
  EXPECT_THAT(vod.steps[2].rewrite.components, ElementsAre("hls"));
  EXPECT_EQ(vod.steps[2].rewrite.base_url, "https://cdn.example.com");
  EXPECT_EQ(ComponentOf(config, "hls").type, "hls");
  EXPECT_EQ(PipelineOf(config, "plain").steps.size(), 2u) << "hls.enabled is false";
}

TEST(RouteFormTest, RoutesThatAllowInsecureSegmentsShareARewriterThatDoes) {
  const auto route = [](const std::string& id, const std::string& insecure) {
    return "  - {id: " + id +
           ", listen: {host: 0.0.0.0, port: 8080}, upstream: {origin: \"https://o.example\"}, hls: " +
           "{enabled: true, rewrite_playlist_urls: true, base_url: \"https://c.example\"" + insecure + "}}\n";
  };
  const auto config =
      LoadGood("routes:\n" + route("a", ", allow_insecure_segments: true") + route("b", "") +
               route("c", ", allow_insecure_segments: true") + route("d", ", allow_insecure_segments: false"));

  EXPECT_THAT(PipelineOf(config, "a").steps[2].rewrite.components, ElementsAre("hls-insecure"));
  EXPECT_THAT(PipelineOf(config, "b").steps[2].rewrite.components, ElementsAre("hls"));
  EXPECT_THAT(PipelineOf(config, "c").steps[2].rewrite.components, ElementsAre("hls-insecure"));
  EXPECT_THAT(PipelineOf(config, "d").steps[2].rewrite.components, ElementsAre("hls"));
  EXPECT_EQ(ComponentOf(config, "hls-insecure").type, "hls");
  EXPECT_EQ(ComponentOf(config, "hls-insecure").config, Json({{"allow_insecure_segments", true}}));
}

TEST(RouteFormTest, UpstreamKeysReachTheFetchStep) {
  const auto config = LoadSample();
  const auto& fetch = FetchOf(config, "vod-edge").fetch;

  EXPECT_EQ(fetch.connect_timeout, seconds(2));
  EXPECT_EQ(fetch.read_timeout, seconds(5));
  EXPECT_EQ(fetch.max_redirects, 10u) << "12 is cut";
  EXPECT_EQ(fetch.tls.server_name, "origin-internal.example.com");
  EXPECT_FALSE(fetch.tls.insecure_skip_verify);
  EXPECT_EQ(fetch.proxy.url, "socks5h://127.0.0.1:1080");
  EXPECT_EQ(fetch.proxy.username, "gateway");
  EXPECT_EQ(fetch.proxy.password, "planted-socks");
  EXPECT_EQ(fetch.retry.attempts, 4u);
  EXPECT_TRUE(fetch.retry.referer);
  EXPECT_EQ(fetch.retry.initial_delay, milliseconds(50));
  EXPECT_EQ(fetch.retry.max_delay, seconds(1));
  EXPECT_EQ(fetch.retry.multiplier, 1.5);
  EXPECT_EQ(fetch.retry.jitter, 0.1);
  EXPECT_EQ(fetch.retry.budget_ttl, seconds(5));
  EXPECT_EQ(fetch.retry.budget_min_per_second, 5u);
  EXPECT_EQ(fetch.retry.budget_ratio, 0.5);
  EXPECT_THAT(fetch.request_headers.allow, ElementsAre("*", "Authorization"));
  EXPECT_THAT(fetch.request_headers.deny, ElementsAre("X-Internal"));
  EXPECT_EQ(fetch.forwarding.x_forwarded_for, ForwardedFor::kReplace);
  EXPECT_TRUE(fetch.forwarding.x_forwarded_host && fetch.forwarding.x_forwarded_proto && fetch.forwarding.via);
  EXPECT_FALSE(fetch.forwarding.forwarded);
}

TEST(RouteFormTest, WhatARouteLeavesOutHasTheFormsDefaults) {
  const auto config = LoadSample();
  const auto& step = FetchOf(config, "api-pass-through");

  EXPECT_EQ(step.deadline, seconds(30));
  EXPECT_EQ(step.fetch.connect_timeout, seconds(10));
  EXPECT_EQ(step.fetch.read_timeout, seconds(30));
  EXPECT_EQ(step.fetch.max_redirects, 7u);
  EXPECT_EQ(step.fetch.retry.attempts, 3u);
  EXPECT_TRUE(step.fetch.retry.referer);
  EXPECT_EQ(step.fetch.forwarding.x_forwarded_for, ForwardedFor::kAppend);
  EXPECT_EQ(FetchOf(config, "plain").fetch.proxy.url, "") << "socks5.enabled is false";
  EXPECT_THAT(PipelineOf(config, "api-pass-through").match.protocols, IsEmpty());
  EXPECT_THAT(PipelineOf(config, "plain").match.hosts, IsEmpty());
}

TEST(RouteFormTest, DirectStreamBecomesAPipeline) {
  const auto config = LoadSample();
  const auto& direct = PipelineOf(config, "direct-stream");
  const auto& step = FetchOf(config, "direct-stream");

  EXPECT_EQ(direct.match.path, "/proxy/stream/**");
  EXPECT_TRUE(direct.match.exclusive);
  EXPECT_THAT(direct.match.methods, ElementsAre("GET"));
  EXPECT_THAT(direct.match.listeners, IsEmpty());
  EXPECT_EQ(ComponentOf(config, "direct-stream/resolve").type, "direct");
  EXPECT_EQ(*ComponentOf(config, "direct-stream/resolve").config, Json::parse(R"({
    "api_password": "planted-password",
    "allowlist": [{"domain": "media.example.com", "schemes": ["https"], "paths": ["/films/*", "/live/**"]},
                  {"domain": "cdn.example.net", "schemes": ["https"], "paths": []}]})"));
  EXPECT_EQ(step.deadline, seconds(10));
  EXPECT_EQ(step.fetch.connect_timeout, seconds(3));
  EXPECT_EQ(step.fetch.read_timeout, seconds(20));
  EXPECT_EQ(step.fetch.max_redirects, 10u);
  EXPECT_EQ(step.fetch.max_concurrent, 50u);
  EXPECT_EQ(step.fetch.retry.attempts, 2u);
  EXPECT_FALSE(step.fetch.retry.referer);
  EXPECT_EQ(step.fetch.proxy.url, "socks5://user:planted-proxy@127.0.0.1:1081");
  EXPECT_TRUE(step.fetch.add_accept_ranges);
  EXPECT_THAT(step.fetch.response_headers.allow, Not(::testing::Contains("default")));
}

TEST(RouteFormTest, CorsIsReadAndMethodsAreUpperCase) {
  const auto config = LoadSample();

  ASSERT_TRUE(config.cors);
  EXPECT_THAT(config.cors->allow_origins, ElementsAre("https://app.example.com"));
  EXPECT_THAT(config.cors->allow_methods, ElementsAre("GET", "HEAD", "OPTIONS"));
  EXPECT_THAT(config.cors->allow_headers, ElementsAre("Range", "Authorization"));
}

TEST(RouteFormTest, ExpandShowsTheResultInNativeFormWithoutSecrets) {
  const auto config = LoadSample();
  const auto text = Expand(config, {});

  EXPECT_THAT(text, Not(HasSubstr("planted")));
  EXPECT_THAT(text, HasSubstr("  vod-edge:\n    match:\n      listeners: [port-8443]\n"));
  EXPECT_THAT(text, HasSubstr("origin: \"https://origin.example.com/vod/\"\n"));
  EXPECT_THAT(text, HasSubstr("api_password: \"***\"\n"));
}

TEST(RouteFormTest, WhatExpandShowsLoadsAgain) {
  const auto text = Expand(
      LoadGood(
          "routes:\n"
          "  - {id: a, listen: {host: 0.0.0.0, port: 8080}, upstream: {origin: \"https://o.example\"}, hls: {enabled: "
          "true, rewrite_playlist_urls: true, base_url: \"https://cdn.example/x\"}}\n"
          "direct_stream: {allowlist: [{domain: a.example}]}\ncors: {}\n"),
      {});

  EXPECT_EQ(Expand(LoadGood(text), {}), text);
}

TEST(RouteFormTest, StandsInOneFileWithTheNativeForm) {
  const auto config = LoadGood(
      "version: 1\n"
      "listeners: {main: {address: \":8080\"}}\n"
      "components: {addon: {kind: endpoint, type: stremio}}\n"
      "pipelines:\n"
      "  vod: {match: {path: /stremio/**}, steps: [{serve: addon}]}\n"
      "routes:\n"
      "  - {id: vod, listen: {host: 0.0.0.0, port: 8080}, upstream: {origin: \"https://o.example\"}}\n"
      "  - {id: vod, listen: {host: 127.0.0.1, port: 8081}, upstream: {origin: \"https://p.example\"}}\n"
      "direct_stream: {}\n");

  ASSERT_EQ(config.listeners.size(), 2u);
  EXPECT_EQ(config.listeners[0].name, "main") << "the route's address is taken";
  ASSERT_EQ(config.pipelines.size(), 4u);
  EXPECT_EQ(config.pipelines[0].name, "vod") << "native pipelines come first";
  EXPECT_EQ(config.pipelines[1].name, "direct-stream");
  EXPECT_EQ(config.pipelines[2].name, "vod-2");
  EXPECT_THAT(config.pipelines[2].match.listeners, ElementsAre("main"));
  EXPECT_EQ(config.pipelines[3].name, "vod-3");
}

TEST(RouteFormTest, SecretsRunOutAfterWhatTheFormSaysUnlessTheirEndpointSaysItself) {
  const std::string native =
      "version: 1\n"
      "listeners: {main: {address: \":8080\"}}\n"
      "components:\n"
      "  bare: {kind: endpoint, type: clearkey}\n"
      "  empty: {kind: endpoint, type: clearkey, config: }\n"
      "  keys: {kind: endpoint, type: clearkey, config: {admin_token: planted-token}}\n"
      "  own: {kind: endpoint, type: clearkey, config: {default_ttl: 5}}\n"
      "  page: {kind: endpoint, type: home}\n"
      "  more/keys: {kind: endpoint, type: clearkey}\n"
      "pipelines: {p: {match: {path: /keys/**}, steps: [{serve: keys}]}}\n";
  const auto ttl_of = [](const Config& config, const std::string& name) {
    return ComponentOf(config, name).config->value("default_ttl", -1);
  };

  const auto config = LoadGood(native + "secrets: {default_ttl_secs: 60}\n");
  const auto unsaid = LoadGood(native + "secrets: {}\n");

  for (const auto* const name : {"bare", "empty", "keys", "more/keys"}) {
    EXPECT_EQ(ttl_of(config, name), 60) << name;
    EXPECT_EQ(ttl_of(unsaid, name), -1) << name;
  }
  EXPECT_EQ(ComponentOf(config, "keys").config->value("admin_token", ""), "planted-token");
  EXPECT_EQ(ttl_of(config, "own"), 5);
  EXPECT_EQ(ttl_of(config, "page"), -1);
}

TEST(RouteFormTest, VariablesThatAreNotSetAreAsGoodAsNoKey) {
  const auto yaml =
      "listeners: {main: {address: \":0\"}}\n"
      "upstream: {proxy: \"${SPROX_PROXY_URL:-}\"}\n"
      "direct_stream:\n"
      "  proxy_url: ${SPROX_DIRECT_PROXY_URL:-}\n"
      "  api_password: ${SPROX_DIRECT_API_PASSWORD:-}\n"
      "  request_timeout_ms: ${SPROX_DIRECT_REQUEST_TIMEOUT_MS:-}\n"
      "  response_buffer_bytes: ${SPROX_DIRECT_RESPONSE_BUFFER_BYTES:-}\n";
  const auto unset = LoadGood(yaml);
  const auto set = LoadGood(yaml, FakeEnvironment({{"SPROX_PROXY_URL", "10.0.0.1:1080"},
                                                   {"SPROX_DIRECT_PROXY_URL", "http://p.example:3128"},
                                                   {"SPROX_DIRECT_API_PASSWORD", "planted"},
                                                   {"SPROX_DIRECT_REQUEST_TIMEOUT_MS", "1500"},
                                                   {"SPROX_DIRECT_RESPONSE_BUFFER_BYTES", "1024"}}));

  EXPECT_EQ(unset.upstream.proxy, "");
  EXPECT_EQ(FetchOf(unset, "direct-stream").deadline, seconds(30));
  EXPECT_EQ(FetchOf(unset, "direct-stream").fetch.proxy.url, "");
  EXPECT_EQ((*ComponentOf(unset, "direct-stream/resolve").config)["api_password"], "");
  EXPECT_EQ(set.upstream.proxy, "socks5h://10.0.0.1:1080");
  EXPECT_EQ(FetchOf(set, "direct-stream").deadline, milliseconds(1500));
  EXPECT_EQ(FetchOf(set, "direct-stream").fetch.proxy.url, "http://p.example:3128");
  EXPECT_THAT(Expand(set, {}), Not(HasSubstr("planted")));
}

TEST(RouteFormTest, FaultsOfThePartsItBecomesStandWhereItWasWritten) {
  const auto config = LoadSample();
  const auto place = PlaceOf(*config.places, "/pipelines/vod-edge/steps/0/resolve/origin");

  EXPECT_EQ(place.line, 20);
  EXPECT_TRUE(PlaceOf(*config.places, "/pipelines/direct-stream/steps/0/resolve/api_password").secret);
}

TEST(RouteFormTest, AFaultOfARouteIsNotFollowedByOthers) {
  EXPECT_EQ(FaultsOf("routes:\n  - {id: a, listen: {host: \"\", port: 80}, upstream: {origin: \"https://o\"}}\n"),
            "c.yaml:2: /routes/0/listen/host: host must not be empty\n");
  EXPECT_EQ(FaultsOf("secrets: {}\n"),
            "c.yaml:1: /listeners: no listeners: want at least one, such as `main: {address: \"127.0.0.1:8080\"}`\n");
}

}  // namespace
}  // namespace sluice::config
