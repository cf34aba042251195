// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/config/yaml_writer.hpp"
#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using testing::FakeEnvironment;
using testing::LoadGood;

constexpr std::string_view kWhole =
    "version: 1\n"
    "listeners: {main: {address: \":8080\"}, v6: {address: \"[::]:8081\", max_connections: 5, tls: "
    "{certificate: /c.pem, private_key: /k.pem}}}\n"
    "server: {trusted_proxies: 10.0.0.0/8, base_url: \"https://a.example\", max_body: 1500}\n"
    "plugins: {allow: [{id: org.x}]}\n"
    "components:\n"
    "  jwt: {kind: auth, type: jwt, config: {pattern: '^a$', price: \"$$5 ${A:-b}\", yes: yes, text: "
    "\"a\\nb\\u0007\\\"é\", "
    "number: \"12\", real: 1.5e300, large: 18446744073709551615, nothing: ~, none: {}, list: [[1, [2]], {a: {b: []}}, "
    "[]]}}\n"
    "  files: {kind: media, type: files}\n"
    "  addon: {kind: endpoint, type: stremio}\n"
    "pipelines:\n"
    "  vod:\n"
    "    match: {hosts: \"*.vod.example\", path: \"/v/{id}\", methods: GET}\n"
    "    steps:\n"
    "      - {authenticate: jwt}\n"
    "      - {resolve: {type: route, origin: \"https://o.example/vod\"}, on_error: next}\n"
    "      - {resolve: files, item: \"{id}\"}\n"
    "      - {fetch: {read_timeout: 90s, max_concurrent: 7, max_concurrent_per_principal: 3, retry: {attempts: 2, "
    "backoff: {jitter: 0}, budget: "
    "{ratio: 1.5}}, proxy: \"p.example:1080\", tls: {server_name: s}, origins: \"https://a, https://b\", "
    "request_headers: {allow: \"*\", x_forwarded_for: replace, via: true}, response_headers: {deny: ETag}}}\n"
    "      - {rewrite: [hls, dash], max_size: 4MiB}\n"
    "  addon: {max_body: 2KiB, steps: [{serve: addon, deadline: 1500ms}]}\n";

TEST(ExpandTest, ReadsBackAsTheSameConfiguration) {
  const auto once = Expand(LoadGood(kWhole), {});
  const auto loaded = LoadGood(once);

  EXPECT_EQ(Expand(loaded, {}), once);
  const auto original = LoadGood(kWhole);
  ASSERT_EQ(loaded.components.size(), original.components.size());
  for (std::size_t i = 0; i < loaded.components.size(); ++i) {
    EXPECT_EQ(loaded.components[i].name, original.components[i].name);
    EXPECT_EQ(*loaded.components[i].config, *original.components[i].config);
  }
  ASSERT_EQ(loaded.pipelines.size(), original.pipelines.size());
  EXPECT_EQ(loaded.pipelines[0].steps.size(), original.pipelines[0].steps.size());
}

TEST(ExpandTest, ShowsEveryDefaultAndTheComponentsThatStepsMade) {
  const auto text = Expand(LoadGood("version: 1\n"
                                    "listeners: {main: {address: \"127.0.0.1:0\"}}\n"
                                    "components: {jwt: {kind: auth, type: jwt}}\n"
                                    "pipelines:\n"
                                    "  vod:\n"
                                    "    steps: [{authenticate: jwt}, {resolve: {type: route, origin: \"https://o\"}}, "
                                    "{fetch: {}}, {rewrite: hls}]\n"),
                           {});

  EXPECT_EQ(text, R"(version: 1
listeners:
  main:
    address: "127.0.0.1:0"
    max_connections: 20000
server:
  workers: 64
  relay_threads: 2
  max_head: "32KiB"
  max_headers: 100
  max_body: "1MiB"
  head_timeout: "10s"
  idle_timeout: "75s"
  body_timeout: "30s"
  write_timeout: "1m"
  grace: "30s"
  trusted_proxies: []
  base_url: ""
upstream:
  trusted: []
  denied: []
  ports: []
  ca_file: ""
  proxy: ""
  max_idle_per_origin: 32
  idle_timeout: "30s"
  cache_size: "64MiB"
state:
  database: "sqlite:var/sluice.db"
  cache: memory
  secret_key: ""
  previous_secret_keys: []
  link_ttl: "24h"
telemetry:
  listeners: []
log:
  level: info
  access: true
plugins:
  directory: ""
  files: []
  allow: []
  quarantine_after: 5
  quarantine_probe: "30s"
components:
  jwt:
    kind: auth
    type: jwt
    config: {}
  vod/resolve:
    kind: resolver
    type: route
    config:
      origin: "https://o"
  hls:
    kind: manifest
    type: hls
    config: {}
pipelines:
  vod:
    match:
      listeners: []
      protocols: []
      hosts: []
      path: "/**"
      methods: []
      exclusive: false
    max_body: "1MiB"
    steps:
      - authenticate:
          use: [jwt]
          authorization: true
          headers: []
          query: [token]
        deadline: "10s"
        on_error: fail
      - resolve:
          use: vod/resolve
        deadline: "10s"
        on_error: fail
      - fetch:
          connect_timeout: "5s"
          read_timeout: "30s"
          max_redirects: 5
          ranges: true
          max_concurrent: 0
          max_concurrent_per_principal: 0
          max_rate: "0"
          cache: false
          retry:
            attempts: 3
            on_status: false
            referer: false
            backoff:
              initial_delay: "100ms"
              max_delay: "5s"
              multiplier: 2.0
              jitter: 0.2
            budget:
              ttl: "10s"
              min_per_second: 10
              ratio: 0.2
          proxy:
            url: ""
            username: ""
            password: ""
            resolves: false
          tls:
            server_name: ""
            ca_file: ""
            certificate: ""
            private_key: ""
            insecure_skip_verify: false
          origins: []
          health:
            failures: 3
            ejected_for: "10s"
            max_ejected_for: "5m"
          request_headers:
            allow: [default]
            deny: []
            x_forwarded_for: omit
            x_forwarded_host: false
            x_forwarded_proto: false
            forwarded: false
            via: false
          response_headers:
            allow: [default]
            deny: []
            add_accept_ranges: false
        deadline: "10s"
        on_error: fail
      - rewrite:
          use: [hls]
          max_size: "8MiB"
          cache_size: "8MiB"
          base_url: ""
        deadline: "10s"
        on_error: fail
)");
}

TEST(ExpandTest, MasksEverySecret) {
  const auto config = LoadGood(
      "version: 1\n"
      "listeners: {main: {address: \":0\"}}\n"
      "server: {base_url: \"https://${BASE_TOKEN}\", trusted_proxies: \"${PROXY_SECRET}\"}\n"
      "state: {cache: \"redis://:planted@cache:6379\",\n"
      "  secret_key: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f}\n"
      "components:\n"
      "  a: {kind: auth, type: t, config: {key: \"${A_KEY}\", by_schema: planted, deep: {list: [1, planted]}, empty: "
      "\"${A_KEY_FILE_TOKEN:-}\", url: u}}\n"
      "  b: {kind: auth, type: t, config: {whole: {one: planted, two: 5}}}\n"
      "pipelines:\n"
      "  p: {steps: [{resolve: {type: route, origin: \"${A_KEY}\", cookie: planted, path: shown}}, {fetch: {}}]}\n",
      FakeEnvironment({{"BASE_TOKEN", "planted"}, {"PROXY_SECRET", "10.9.8.7"}, {"A_KEY", "planted"}}));

  const auto text = Expand(config, {"/components/a/config/by_schema", "/components/a/config/deep/list/1",
                                    "/components/b/config/whole", "/pipelines/p/steps/0/resolve/cookie"});

  EXPECT_EQ(text.find("planted"), std::string::npos) << text;
  EXPECT_EQ(text.find("10.9.8.7"), std::string::npos) << text;
  EXPECT_EQ(text.find("000102"), std::string::npos) << text;
  EXPECT_NE(text.find("base_url: \"***\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("cache: \"***\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("url: u\n"), std::string::npos);
  EXPECT_NE(text.find("empty: \"\"\n"), std::string::npos);
  EXPECT_NE(text.find("list: [1, \"***\"]\n"), std::string::npos);
  EXPECT_NE(text.find("whole: \"***\"\n"), std::string::npos);
  EXPECT_NE(text.find("path: shown\n"), std::string::npos);
}

TEST(ExpandTest, MasksSecretsOfComponentsInPlaceByTheirExpandedNameToo) {
  const auto config = LoadGood(
      "version: 1\nlisteners: {main: {address: \":0\"}}\n"
      "pipelines: {p: {steps: [{resolve: {type: route, cookie: planted}}, {fetch: {}}]}}\n");

  EXPECT_EQ(Expand(config, {"/components/p~1resolve/config/cookie"}).find("planted"), std::string::npos);
}

TEST(ExpandTest, MasksPasswordsOfProxiesHoweverTheyWereWritten) {
  const auto text = Expand(
      LoadGood(
          "version: 1\nlisteners: {main: {address: \":0\"}}\n"
          "upstream: {proxy: \"http://u:planted@p.example:3128\"}\n"
          "components: {r: {kind: resolver, type: route}}\n"
          "pipelines:\n"
          "  a: {match: {path: /a}, steps: [{resolve: r}, {fetch: {proxy: \"socks5://u:planted@p.example\"}}]}\n"
          "  b: {match: {path: /b}, steps: [{resolve: r}, {fetch: {proxy: {url: \"https://p.example\", username: "
          "who, password: planted}}}]}\n"
          "  c: {match: {path: /c}, steps: [{resolve: r}, {fetch: {proxy: {url: \"http://u:planted@p.example\"}}}]}\n"),
      {});

  EXPECT_EQ(text.find("planted"), std::string::npos) << text;
  EXPECT_NE(text.find("username: who\n"), std::string::npos) << text;
  EXPECT_NE(text.find("url: \"https://p.example\"\n"), std::string::npos) << text;
}

TEST(WriteYamlTest, QuotesWhatAnotherReaderCouldMistake) {
  EXPECT_EQ(WriteYaml({{"a", "yes"},
                       {"b", "No"},
                       {"c", "12"},
                       {"d", "1e3"},
                       {"e", "plain-text_1.x"},
                       {"f", "a: b"},
                       {"g", "~"},
                       {"h", "null"},
                       {"i", ""},
                       {"j", "# x"},
                       {"on", 1},
                       {"k", 2.0},
                       {"l", 1e300},
                       {"m", "${A}"}}),
            "a: \"yes\"\nb: \"No\"\nc: \"12\"\nd: \"1e3\"\ne: plain-text_1.x\nf: \"a: b\"\ng: \"~\"\nh: \"null\"\n"
            "i: \"\"\nj: \"# x\"\n\"on\": 1\nk: 2.0\nl: 1.0e+300\nm: \"$${A}\"\n");
}

TEST(WriteYamlTest, NestsListsAndMaps) {
  EXPECT_EQ(WriteYaml(Json::parse(R"({"a": [{"b": {"c": [1, {"d": 2}]}, "e": 3}, [[], {}], 4]})")),
            "a:\n"
            "  - b:\n"
            "      c:\n"
            "        - 1\n"
            "        - d: 2\n"
            "    e: 3\n"
            "  -\n"
            "    - []\n"
            "    - {}\n"
            "  - 4\n");
}

}  // namespace
}  // namespace sluice::config
