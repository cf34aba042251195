// SPDX-License-Identifier: MIT
#include "core/config/load.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::FakeEnvironment;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

constexpr std::string_view kStart = "version: 1\nlisteners: {main: {address: \"127.0.0.1:0\"}}\n";

Config LoadGood(std::string_view yaml, const Environment& environment = FakeEnvironment()) {
  Faults faults;
  auto config = LoadText(yaml, "c.yaml", environment, faults);
  EXPECT_EQ(faults.Text(), "");
  return config;
}

Config LoadRest(const std::string& rest, const Environment& environment = FakeEnvironment()) {
  return LoadGood(std::string(kStart) + rest, environment);
}

TEST(LoadTest, FillsInDefaults) {
  const auto config = LoadGood(kStart);

  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_EQ(config.listeners[0].name, "main");
  EXPECT_EQ(config.listeners[0].address, "127.0.0.1:0");
  EXPECT_EQ(config.listeners[0].max_connections, 20000u);
  EXPECT_EQ(config.listeners[0].place.line, 2);
  EXPECT_EQ(config.server.workers, 64u);
  EXPECT_EQ(config.server.relay_threads, 2u);
  EXPECT_EQ(config.state.database, "sqlite:var/sluice.db");
  EXPECT_EQ(config.log.level, "info");
  EXPECT_THAT(config.pipelines, IsEmpty());
  EXPECT_THAT(config.files, ElementsAre("c.yaml"));
  EXPECT_EQ(config.document["listeners"]["main"]["address"], "127.0.0.1:0");
  EXPECT_EQ(config.places->at("/listeners/main/address").line, 2);
}

TEST(LoadTest, AListenerMaySpeakTls) {
  const auto config = LoadGood(
      "version: 1\nlisteners: {plain: {address: \":0\", tls: ~}, tls: {address: \":0\", tls: {certificate: c.pem, "
      "private_key: /k.pem}}}\n");

  EXPECT_FALSE(config.listeners[0].tls);
  ASSERT_TRUE(config.listeners[1].tls);
  EXPECT_EQ(config.listeners[1].tls->certificate, "c.pem");
  EXPECT_EQ(config.listeners[1].tls->private_key, "/k.pem");
}

TEST(LoadTest, ReadsEverySetting) {
  const auto config = LoadRest(
      "server: {workers: 8, relay_threads: 3, max_head: 16KiB, max_headers: 50, max_body: 2MiB, head_timeout: 5s, "
      "idle_timeout: 1m,\n"
      "  body_timeout: 250ms, write_timeout: 1h, grace: 0s, trusted_proxies: [10.0.0.0/8, \"::1\"],\n"
      "  base_url: \"https://media.example.com/gate/\"}\n"
      "upstream: {trusted: [localhost, \"127.0.0.1:9000\", \"[::1]:9000\", 192.168.0.0/16], ca_file: /etc/ca.pem,\n"
      "  max_idle_per_origin: 0, idle_timeout: 10s, cache_size: 8MiB}\n"
      "state: {database: \"sqlite:/data/s.db\", cache: memory, link_ttl: 2h,\n"
      "  secret_key: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f}\n"
      "telemetry: {listeners: main}\n"
      "log: {level: debug, access: off}\n"
      "plugins: {directory: /p, files: [a.so, \"b c.so\"], allow: [{id: org.x}], quarantine_after: 3, "
      "quarantine_probe: "
      "1m}\n");

  EXPECT_EQ(config.server.max_head_bytes, 16u * 1024);
  EXPECT_EQ(config.server.max_body_bytes, 2u * 1024 * 1024);
  EXPECT_EQ(config.server.body_timeout, milliseconds(250));
  EXPECT_EQ(config.server.write_timeout, hours(1));
  EXPECT_EQ(config.server.grace, milliseconds(0));
  EXPECT_THAT(config.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_EQ(config.server.base_url, "https://media.example.com/gate");
  EXPECT_THAT(config.upstream.trusted, ElementsAre("localhost", "127.0.0.1:9000", "[::1]:9000", "192.168.0.0/16"));
  EXPECT_EQ(config.upstream.ca_file, "/etc/ca.pem");
  EXPECT_EQ(config.upstream.max_idle_per_origin, 0u);
  EXPECT_EQ(config.upstream.cache_bytes, 8u * 1024 * 1024);
  EXPECT_EQ(config.state.database, "sqlite:/data/s.db");
  EXPECT_EQ(config.state.secret_key.size(), 64u);
  EXPECT_EQ(config.state.link_ttl, hours(2));
  EXPECT_THAT(config.telemetry.listeners, ElementsAre("main"));
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_FALSE(config.log.access);
  EXPECT_THAT(config.plugins.files, ElementsAre("a.so", "b c.so"));
  ASSERT_EQ(config.plugins.allow.size(), 1u);
  EXPECT_EQ(config.plugins.allow[0].id, "org.x");
  EXPECT_EQ(config.plugins.quarantine_after, 3u);
}

TEST(LoadTest, SplitsListsThatComeFromOneVariable) {
  const auto config =
      LoadRest("server: {trusted_proxies: \"${PROXIES}\"}\nupstream: {trusted: [\"${NONE:-}\", \"${TRUSTED}\"]}\n",
               FakeEnvironment({{"PROXIES", "10.0.0.0/8, ::1"}, {"TRUSTED", "a:1 b:2"}}));

  EXPECT_THAT(config.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_THAT(config.upstream.trusted, ElementsAre("a:1", "b:2"));
}

TEST(LoadTest, NormalisesListenAddresses) {
  const auto config = LoadGood(
      "version: 1\nlisteners: {a: {address: \":8080\"}, b: {address: \"[::]:08081\"}, c: {address: \"localhost:0\"}, "
      "d: "
      "{address: \"localhost:0\"}}\n");

  EXPECT_EQ(config.listeners[0].address, "0.0.0.0:8080");
  EXPECT_EQ(config.listeners[1].address, "[::]:8081");
  EXPECT_EQ(config.listeners[3].address, "localhost:0");
}

TEST(LoadTest, TypesPlainScalarsAndLeavesTheTrapsOfYamlAlone) {
  const auto config = LoadRest(
      "components:\n"
      "  a:\n"
      "    kind: auth\n"
      "    type: t\n"
      "    config:\n"
      "      texts: [yes, no, on, off, y, 0755, 0x1F, 0o17, 1e3, 12:30, 2024-01-01, .5, 1_000, +-1, '1', \"true\", "
      "!!str 1, 123456789012345678901234567890, 1.23456789012345678901, .inf, 00, -01]\n"
      "      values: [true, False, 12, -3, +4, 0, -0, 1.5, -0.25, 1.5e3, 18446744073709551615, ~, null]\n"
      "      number: ${N}\n"
      "      flag: ${B}\n"
      "      quoted: \"${N}\"\n"
      "      leading: ${O}\n"
      "      empty: ${E}\n",
      FakeEnvironment({{"N", "42"}, {"B", "true"}, {"O", "007"}, {"E", ""}}));

  const auto& own = config.components[0].config;
  for (const auto& text : own["texts"]) EXPECT_TRUE(text.is_string()) << text;
  EXPECT_EQ(own["values"], Json::parse("[true, false, 12, -3, 4, 0, 0, 1.5, -0.25, 1500.0, 18446744073709551615, null, "
                                       "null]"));
  EXPECT_EQ(own["number"], 42);
  EXPECT_EQ(own["flag"], true);
  EXPECT_EQ(own["quoted"], "42");
  EXPECT_EQ(own["leading"], "007");
  EXPECT_EQ(own["empty"], "");
}

TEST(LoadTest, ExpandsAliasesAndMergeKeys) {
  const auto config = LoadRest(
      "components:\n"
      "  a: {kind: auth, type: t, config: &base {url: x, ttl: 5, list: &list [1, 2]}}\n"
      "  b:\n"
      "    kind: auth\n"
      "    type: t\n"
      "    config:\n"
      "      <<: [{ttl: 7, more: 1}, *base]\n"
      "      url: y\n"
      "      again: *list\n"
      "  c: {kind: auth, type: t, config: {\"<<\": text}}\n");

  EXPECT_EQ(config.components[1].config.dump(), R"({"url":"y","again":[1,2],"ttl":7,"more":1,"list":[1,2]})");
  EXPECT_EQ(config.components[2].config.dump(), R"({"<<":"text"})");
  EXPECT_EQ(config.places->at("/components/b/config/ttl").line, 9);
  EXPECT_EQ(config.places->at("/components/b/config/list").line, 4);
}

TEST(LoadTest, MarksSecretValues) {
  const auto config =
      LoadRest("components: {a: {kind: auth, type: t, config: {key: \"${API_KEY:-x}\", url: \"${URL}\"}}}\n",
               FakeEnvironment({{"URL", "u"}}));

  EXPECT_TRUE(config.places->at("/components/a/config/key").secret);
  EXPECT_FALSE(config.places->at("/components/a/config/url").secret);
}

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
      "10}}]");
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
  EXPECT_EQ(steps[4].rewrite.max_size, 10u);
  EXPECT_EQ(store.at(0).resolve.item, "{id}");
  EXPECT_EQ(store.at(0).resolve.file, "{rest}");
  EXPECT_EQ(empty.at(1).fetch.read_timeout, seconds(30));
}

TEST(LoadStepsTest, ReadsHowAFetchLeaves) {
  const auto step =
      StepsOf(
          "[{resolve: route}, {fetch: {max_concurrent: 50, max_rate: 2MiB, retry: {attempts: 4, on_status: yes, "
          "backoff: "
          "{initial_delay: 50ms, max_delay: 1s, multiplier: 3, jitter: 0.5}, budget: {ttl: 5s, min_per_second: 2, "
          "ratio: 0.1}}, proxy: {url: \"socks5://p.example\", username: u, password: p, resolves: true}, tls: "
          "{server_name: s.example, ca_file: /ca, certificate: /c, private_key: /k, insecure_skip_verify: on}, "
          "origins: [https://a.example, \"http://b.example:81\"]}}]")
          .at(1)
          .fetch;

  EXPECT_EQ(step.max_concurrent, 50u);
  EXPECT_EQ(step.max_rate, 2u * 1024 * 1024);
  EXPECT_EQ(step.retry.attempts, 4u);
  EXPECT_TRUE(step.retry.on_status);
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
  EXPECT_EQ(component.config.dump(), R"({"origin":"https://o.example"})");
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

TEST(LoadFolderTest, MergesFilesInNameOrder) {
  const TemporaryFolder folder;
  folder.Write("20-b.yaml", "version: 1\npipelines: {b: {steps: [{serve: x}]}}\nlog: {level: debug}\n");
  folder.Write("10-a.yaml",
               "version: 1\nlisteners: {main: {address: \":0\"}}\npipelines: {a: {match: {path: /a}, steps: [{serve: "
               "x}]}}\nlog: {access: false}\n");
  folder.Write("30-c.yaml", "version: 1\ncomponents: {x: {kind: endpoint, type: y}}\n");
  folder.Write("notes.txt", "no yaml: [");
  folder.Write(".hidden.yaml", "no yaml: [");
  Faults faults;

  const auto config = Load(folder.Path(), FakeEnvironment(), faults);

  ASSERT_EQ(faults.Text(), "");
  ASSERT_EQ(config.pipelines.size(), 2u);
  EXPECT_EQ(config.pipelines[0].name, "a");
  EXPECT_EQ(config.pipelines[1].name, "b");
  EXPECT_EQ(config.pipelines[1].place.file, folder.Path("20-b.yaml"));
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_FALSE(config.log.access);
  EXPECT_EQ(config.files.size(), 3u);
}

TEST(FaultsTest, AreSortedByFileAndLineAndLeaveOutWhatIsNotKnown) {
  Faults faults;
  faults.Add({.file = "b.yaml", .line = 2, .pointer = "/x", .secret = false}, "second");
  faults.Add({.file = "a.yaml", .line = 9, .pointer = {}, .secret = false}, "first");
  faults.Add({.file = "b.yaml", .line = 10, .pointer = "/y", .secret = false}, "third");
  faults.Add({.file = {}, .line = 0, .pointer = "/z", .secret = false}, "nowhere");

  EXPECT_EQ(faults.Text(), "/z: nowhere\na.yaml:9: first\nb.yaml:2: /x: second\nb.yaml:10: /y: third\n");
}

}  // namespace
}  // namespace sluice::config
