// SPDX-License-Identifier: MIT
#include "core/config/load.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using testing::FakeEnvironment;
using ::testing::IsEmpty;
using testing::kStart;
using testing::LoadGood;
using testing::LoadRest;
using testing::TemporaryFolder;

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
  EXPECT_EQ((*config.document)["listeners"]["main"]["address"], "127.0.0.1:0");
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
      "  denied: [evil.example, 203.0.113.0/24], ports: [443, 8000-8999],\n"
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
  EXPECT_THAT(config.upstream.denied, ElementsAre("evil.example", "203.0.113.0/24"));
  EXPECT_THAT(config.upstream.ports, ElementsAre("443", "8000-8999"));
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

TEST(LoadTest, ReadsWhereTheSharedCacheIs) {
  const auto config = LoadRest("state: {cache: \"redis://:${REDIS_PASSWORD}@cache.lan:6380/2\"}\n",
                               FakeEnvironment({{"REDIS_PASSWORD", "hunter2"}}));

  ASSERT_TRUE(config.state.redis);
  EXPECT_EQ(config.state.redis->host, "cache.lan");
  EXPECT_EQ(config.state.redis->port, 6380);
  EXPECT_EQ(config.state.redis->password, "hunter2");
  EXPECT_EQ(config.state.redis->database, 2u);
  EXPECT_TRUE(config.places->at("/state/cache").secret);
  EXPECT_TRUE(LoadRest("state: {cache: \"redis://:literal@h\"}\n").places->at("/state/cache").secret);
  EXPECT_FALSE(LoadRest("state: {cache: \"redis://h\"}\n").places->at("/state/cache").secret);
  EXPECT_FALSE(LoadRest("state: {cache: memory}\n").state.redis);
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

  const auto& own = *config.components[0].config;
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

  EXPECT_EQ(config.components[1].config->dump(), R"({"url":"y","again":[1,2],"ttl":7,"more":1,"list":[1,2]})");
  EXPECT_EQ(config.components[2].config->dump(), R"({"<<":"text"})");
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
