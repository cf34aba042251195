// SPDX-License-Identifier: MIT
#include "core/config/load.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::LoadRest;

constexpr std::string_view kComponents =
    "components: {jwt: {kind: auth, type: jwt}, pool: {kind: auth, type: pool}, route: {kind: resolver, type: route},\n"
    "  files: {kind: media, type: files}, shelf: {kind: store, type: shelf}, addon: {kind: endpoint, type: stremio},\n"
    "  cenc: {kind: filter, type: cenc}}\n";

std::vector<Step> StepsOf(const std::string& steps) {
  const auto config = LoadRest(std::string(kComponents) +
                               "pipelines: {p: {match: {path: \"/{id}/{rest...}\"}, steps: " + steps + "}}\n");
  return config.pipelines.empty() ? std::vector<Step>() : config.pipelines[0].steps;
}

TEST(LoadStepsTest, ReadsTheFormsOfAuthenticate) {
  const auto steps = StepsOf(
      "[{authenticate: jwt}, {authenticate: [jwt, pool], deadline: 2s, on_error: next}, {authenticate: {use: pool, "
      "headers: X-Key, query: [key, \"token\"], authorization: no}}, {serve: addon, on_error: skip}]");

  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0].kind, Step::Kind::kAuthenticate);
  EXPECT_THAT(steps[0].authenticate.components, ElementsAre("jwt"));
  EXPECT_THAT(steps[0].authenticate.query, ElementsAre("token"));
  EXPECT_TRUE(steps[0].authenticate.authorization);
  EXPECT_EQ(steps[0].deadline, seconds(10));
  EXPECT_EQ(steps[0].on_error, OnError::kFail);
  EXPECT_THAT(steps[1].authenticate.components, ElementsAre("jwt", "pool"));
  EXPECT_EQ(steps[1].deadline, seconds(2));
  EXPECT_EQ(steps[1].on_error, OnError::kNext);
  EXPECT_THAT(steps[2].authenticate.headers, ElementsAre("X-Key"));
  EXPECT_THAT(steps[2].authenticate.query, ElementsAre("key", "token"));
  EXPECT_FALSE(steps[2].authenticate.authorization);
  EXPECT_EQ(steps[3].kind, Step::Kind::kServe);
  EXPECT_EQ(steps[3].serve.component, "addon");
  EXPECT_EQ(steps[3].on_error, OnError::kSkip);
  EXPECT_EQ(steps[3].place.pointer, "/pipelines/p/steps/3");
}

TEST(LoadStepsTest, ReadsTheFormsOfResolveFetchRewriteAndFilter) {
  const auto steps = StepsOf(
      "[{filter: cenc}, {resolve: {use: files, item: \"{rest}\"}}, {fetch: {connect_timeout: 2s, read_timeout: 5s, "
      "max_redirects: 3, ranges: false}}, {rewrite: [hls, dash], max_size: 1MiB}, {rewrite: {use: hls, max_size: "
      "10, cache_size: 1KiB}}]");
  const auto store = StepsOf("[{resolve: shelf, item: \"{id}\", file: \"{rest}\"}, {fetch: {}}]");
  const auto empty = StepsOf("[{resolve: route}, {fetch: }]");

  ASSERT_EQ(steps.size(), 5u);
  EXPECT_EQ(steps[0].filter.component, "cenc");
  EXPECT_EQ(steps[1].resolve.component, "files");
  EXPECT_EQ(steps[1].resolve.item, "{rest}");
  EXPECT_EQ(steps[2].fetch.connect_timeout, seconds(2));
  EXPECT_EQ(steps[2].fetch.max_redirects, 3u);
  EXPECT_FALSE(steps[2].fetch.ranges);
  EXPECT_THAT(steps[3].rewrite.components, ElementsAre("hls", "dash"));
  EXPECT_EQ(steps[3].rewrite.max_size, 1024u * 1024);
  EXPECT_EQ(steps[3].rewrite.cache_bytes, 8u * 1024 * 1024);
  EXPECT_EQ(steps[4].rewrite.max_size, 10u);
  EXPECT_EQ(steps[4].rewrite.cache_bytes, 1024u);
  EXPECT_EQ(store.at(0).resolve.item, "{id}");
  EXPECT_EQ(store.at(0).resolve.file, "{rest}");
  EXPECT_EQ(empty.at(1).fetch.read_timeout, seconds(30));
}

TEST(LoadStepsTest, ReadsHowAFetchLeaves) {
  const auto step =
      StepsOf(
          "[{authenticate: jwt}, {resolve: route}, {fetch: {max_concurrent: 50, max_concurrent_per_principal: 3, "
          "max_rate: 2MiB, retry: {attempts: 4, on_status: yes, referer: on, backoff: "
          "{initial_delay: 50ms, max_delay: 1s, multiplier: 3, jitter: 0.5}, budget: {ttl: 5s, min_per_second: 2, "
          "ratio: 0.1}}, proxy: {url: \"socks5://p.example\", username: u, password: p, resolves: true}, tls: "
          "{server_name: s.example, ca_file: /ca, certificate: /c, private_key: /k, insecure_skip_verify: on}, "
          "origins: [https://a.example, \"http://b.example:81\"], health: {failures: 5, ejected_for: 10m}}}]")
          .at(2)
          .fetch;

  EXPECT_EQ(step.max_concurrent, 50u);
  EXPECT_EQ(step.max_concurrent_per_principal, 3u);
  EXPECT_EQ(step.max_rate, 2u * 1024 * 1024);
  EXPECT_EQ(step.retry.attempts, 4u);
  EXPECT_TRUE(step.retry.on_status);
  EXPECT_TRUE(step.retry.referer);
  EXPECT_EQ(step.retry.initial_delay, milliseconds(50));
  EXPECT_EQ(step.retry.max_delay, seconds(1));
  EXPECT_EQ(step.retry.multiplier, 3);
  EXPECT_EQ(step.retry.jitter, 0.5);
  EXPECT_EQ(step.retry.budget_ttl, seconds(5));
  EXPECT_EQ(step.retry.budget_min_per_second, 2u);
  EXPECT_EQ(step.retry.budget_ratio, 0.1);
  EXPECT_EQ(step.proxy.url, "socks5://p.example");
  EXPECT_EQ(step.proxy.username, "u");
  EXPECT_EQ(step.proxy.password, "p");
  EXPECT_TRUE(step.proxy.resolves);
  EXPECT_EQ(step.tls.server_name, "s.example");
  EXPECT_EQ(step.tls.ca_file, "/ca");
  EXPECT_EQ(step.tls.certificate, "/c");
  EXPECT_EQ(step.tls.private_key, "/k");
  EXPECT_TRUE(step.tls.insecure_skip_verify);
  EXPECT_THAT(step.origins, ElementsAre("https://a.example", "http://b.example:81"));
  EXPECT_EQ(step.health.failures, 5u);
  EXPECT_EQ(step.health.ejected_for, std::chrono::minutes(10));
  EXPECT_EQ(step.health.max_ejected_for, std::chrono::minutes(10)) << "not less than the first time";
}

TEST(LoadStepsTest, ReadsWhichFieldsAFetchLetsPass) {
  const auto step =
      StepsOf(
          "[{resolve: route}, {fetch: {proxy: \"10.0.0.1:1080\", request_headers: {allow: \"default, X-Device\", "
          "deny: [User-Agent], x_forwarded_for: append, x_forwarded_host: true, x_forwarded_proto: true, forwarded: "
          "true, via: true}, response_headers: {allow: \"*\", deny: Set-Cookie, add_accept_ranges: true}}}]")
          .at(1)
          .fetch;

  EXPECT_EQ(step.proxy.url, "socks5h://10.0.0.1:1080");
  EXPECT_THAT(step.request_headers.allow, ElementsAre("default", "X-Device"));
  EXPECT_THAT(step.request_headers.deny, ElementsAre("User-Agent"));
  EXPECT_EQ(step.forwarding.x_forwarded_for, ForwardedFor::kAppend);
  EXPECT_TRUE(step.forwarding.x_forwarded_host && step.forwarding.x_forwarded_proto);
  EXPECT_TRUE(step.forwarding.forwarded && step.forwarding.via);
  EXPECT_THAT(step.response_headers.allow, ElementsAre("*"));
  EXPECT_THAT(step.response_headers.deny, ElementsAre("Set-Cookie"));
  EXPECT_TRUE(step.add_accept_ranges);
}

TEST(LoadStepsTest, ReadsWhatAFetchKeeps) {
  const auto cache_of = [](const std::string& fetch) {
    return StepsOf("[{resolve: route}, {fetch: " + fetch + "}]").at(1).fetch.cache;
  };

  EXPECT_FALSE(cache_of("{}").keep);
  EXPECT_FALSE(cache_of("{cache: off}").keep);
  const auto plain = cache_of("{cache: true}");
  EXPECT_TRUE(plain.keep);
  EXPECT_EQ(plain.max_age, std::chrono::minutes(1));
  EXPECT_EQ(plain.max_size, 2u * 1024 * 1024);
  const auto bounded = cache_of("{cache: {max_age: 2s, max_size: 64KiB}}");
  EXPECT_TRUE(bounded.keep);
  EXPECT_EQ(bounded.max_age, std::chrono::seconds(2));
  EXPECT_EQ(bounded.max_size, 64u * 1024);
}

TEST(LoadStepsTest, LetsFetchAndRewriteHandleWhatAnEndpointHandsBack) {
  const auto steps = StepsOf("[{serve: addon}, {fetch: {}}, {rewrite: hls}]");
  EXPECT_EQ(steps.size(), 3u);
}

TEST(LoadStepsTest, MakesAComponentOfAResolverInPlace) {
  const auto config = LoadRest(
      "pipelines:\n"
      "  vod:\n"
      "    steps:\n"
      "      - {resolve: {type: route, origin: \"https://o.example\"}, on_error: next}\n"
      "      - {fetch: {}}\n"
      "      - resolve: {type: direct}\n"
      "      - {fetch: {}}\n");

  ASSERT_EQ(config.components.size(), 2u);
  const auto& component = config.components[0];
  EXPECT_EQ(component.name, "vod/resolve");
  EXPECT_EQ(component.kind, "resolver");
  EXPECT_EQ(component.type, "route");
  EXPECT_EQ(component.config->dump(), R"({"origin":"https://o.example"})");
  EXPECT_EQ(component.config_pointer, "/pipelines/vod/steps/0/resolve");
  EXPECT_EQ(component.place.line, 6);
  EXPECT_EQ(config.components[1].name, "vod/resolve-2");
  EXPECT_EQ(config.pipelines[0].steps[2].resolve.component, "vod/resolve-2");
}

TEST(LoadStepsTest, MakesManifestComponentsThatAreNamedByTheirType) {
  const auto config = LoadRest(
      "components: {r: {kind: resolver, type: route}, dash: {kind: manifest, type: dash, config: {a: 1}}}\n"
      "pipelines:\n"
      "  a: {match: {path: /a}, steps: [{resolve: r}, {fetch: {}}, {rewrite: [hls, dash]}]}\n"
      "  b: {match: {path: /b}, steps: [{resolve: r}, {fetch: {}}, {rewrite: hls}]}\n");

  ASSERT_EQ(config.components.size(), 3u);
  EXPECT_EQ(config.components[2].name, "hls");
  EXPECT_EQ(config.components[2].kind, "manifest");
  EXPECT_EQ(config.components[2].type, "hls");
  EXPECT_EQ(config.components[2].place.line, 5);
}

TEST(LoadPipelinesTest, ReadsWhatARequestMustMatch) {
  const auto config = LoadRest(std::string(kComponents) +
                               "pipelines:\n"
                               "  a: {match: {listener: main, hosts: [\"*.VOD.example\", \"[::1]\"], path: \"/v/**\", "
                               "methods: [get, HEAD, get]}, max_body: 5KiB, steps: [{serve: addon}]}\n"
                               "  b: {steps: [{resolve: files, item: \"{rest}\"}, {fetch: {}}]}\n"
                               "  c: {match: {path: /}, steps: [{serve: addon}]}\n");

  const auto& match = config.pipelines[0].match;
  EXPECT_THAT(match.listeners, ElementsAre("main"));
  EXPECT_THAT(match.hosts, ElementsAre("*.vod.example", "[::1]"));
  EXPECT_EQ(match.path, "/v/**");
  EXPECT_THAT(match.methods, ElementsAre("GET", "HEAD"));
  EXPECT_EQ(config.pipelines[0].max_body_bytes, 5u * 1024);
  EXPECT_EQ(config.pipelines[1].match.path, "/**");
  EXPECT_EQ(config.pipelines[1].max_body_bytes, std::nullopt);
  EXPECT_EQ(config.pipelines[2].match.path, "/");
}

}  // namespace
}  // namespace sluice::config
