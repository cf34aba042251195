// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/config/schema.hpp"
#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using testing::FakeEnvironment;

std::string ReadSource(const std::string& name) {
  std::ifstream file(std::string(SLUICE_SOURCE_DIR "/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The ```yaml blocks of a page.
std::vector<std::string> YamlBlocks(const std::string& page) {
  static const std::string kOpen = "\n```yaml\n";
  std::vector<std::string> blocks;
  for (auto at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    const auto end = page.find("```", at);
    blocks.push_back(page.substr(at, end - at));
    at = end;
  }
  return blocks;
}

/// Parts of a configuration become a whole one.
std::string Completed(std::string block) {
  if (block.find("\nlisteners:") == std::string::npos && !block.starts_with("listeners:")) {
    block.insert(0, "listeners: {main: {address: \"127.0.0.1:0\"}}\n");
  }
  return block.starts_with("version:") || block.find("\nversion:") != std::string::npos ? block
                                                                                        : "version: 1\n" + block;
}

Schema EditorSchema() {
  auto document = Json::parse(ReadSource("config/schema/sluice.schema.json"));
  document.erase("$schema");
  document.erase("title");
  std::string error;
  auto schema = Schema::Parse(document.dump(), error);
  EXPECT_TRUE(schema) << error;
  return std::move(*schema);
}

std::string EditorFaults(Json document) {
  Faults faults;
  EditorSchema().Check(document, "", {}, faults);
  return faults.Text();
}

TEST(ConfigurationPageTest, ShowsOnlyConfigurationsThatLoad) {
  const auto blocks = YamlBlocks(ReadSource("docs/configuration.md"));

  EXPECT_GE(blocks.size(), 5u);
  for (const auto& block : blocks) {
    Faults faults;
    const auto config = LoadText(Completed(block), "page", FakeEnvironment({{"ORIGIN", "https://o.example"}}), faults);
    EXPECT_EQ(faults.Text(), "") << block;
    EXPECT_EQ(EditorFaults(*config.document), "") << block;
  }
}

/// Every key that `expand` writes, with the names of components and pipelines left out.
void CollectKeys(const Json& value, int depth, std::vector<std::string>& keys) {
  if (value.is_array()) {
    for (const auto& item : value) CollectKeys(item, depth + 1, keys);
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      keys.push_back(key);
      CollectKeys(member, depth + 1, keys);
    }
  }
}

TEST(RoutesPageTest, ShowsOnlyConfigurationsThatLoad) {
  const auto blocks = YamlBlocks(ReadSource("docs/routes.md"));

  EXPECT_GE(blocks.size(), 1u);
  for (const auto& block : blocks) {
    Faults faults;
    const auto config = LoadText(block, "page", FakeEnvironment(), faults);
    EXPECT_EQ(faults.Text(), "") << block;
    EXPECT_EQ(EditorFaults(*config.document), "") << block;
  }
}

/// Every key of the sample, which has all of the form.
TEST(RoutesPageTest, NamesEveryKey) {
  Faults faults;
  const auto config = Load(SLUICE_SOURCE_DIR "/tests/core/config/data/routes.yaml", FakeEnvironment(), faults);
  std::vector<std::string> keys;
  for (const auto* key : {"routes", "direct_stream", "secrets", "sensitive_logging"}) {
    CollectKeys((*config.document)[key], 0, keys);
  }

  const auto page = ReadSource("docs/routes.md");
  EXPECT_GE(keys.size(), 60u);
  for (const auto& key : keys) {
    EXPECT_TRUE(page.find("`" + key) != std::string::npos || page.find("." + key) != std::string::npos) << key;
  }
}

TEST(ConfigurationPageTest, NamesEveryKey) {
  Faults faults;
  const auto whole = LoadText(
      "version: 1\nlisteners: {log: {address: \":0\", tls: {certificate: c, private_key: k}}}\nplugins: {allow: [{id: "
      "listeners, sha256: \"" +
          std::string(64, 'a') + "\"}]}\n" +
          "components: {auth: {kind: auth, type: t}, media: {kind: store, type: t}, endpoint: {kind: "
          "endpoint, type: t}, "
          "filter: {kind: filter, type: t}}\n"
          "pipelines: {match: {match: {path: \"/{item}\"}, steps: [{authenticate: auth}, {filter: filter}, "
          "{resolve: {use: "
          "media, item: \"{item}\", file: \"0\"}}, {fetch: {}}, {rewrite: hls}]}, server: {match: {path: /a}, "
          "steps: [{serve: "
          "endpoint}]}}\n",
      "whole", FakeEnvironment(), faults);
  ASSERT_EQ(faults.Text(), "");
  Faults again;
  const auto expanded = LoadText(Expand(whole, {}), "expanded", FakeEnvironment(), again);
  ASSERT_EQ(again.Text(), "");
  EXPECT_EQ(EditorFaults(*expanded.document), "");
  std::vector<std::string> keys;
  CollectKeys(*expanded.document, 0, keys);

  const auto page = ReadSource("docs/configuration.md");
  for (const auto& key : keys) EXPECT_NE(page.find("`" + key), std::string::npos) << key;
}

TEST(EditorSchemaTest, RefusesWhatTheLoaderRefuses) {
  EXPECT_EQ(EditorFaults(Json::parse(R"({"version": 2, "listeners": {}, "pipeline": {}})")),
            "/version: want 1, found 2\n/pipeline: unknown key `pipeline`; did you mean `pipelines`?\n");
}

TEST(EditorSchemaTest, AcceptsTheConfigurationsThatAreShipped) {
  for (const auto* path : {SLUICE_SOURCE_DIR "/config/sluice.yaml", SLUICE_SOURCE_DIR "/config/edge.yaml",
                           SLUICE_SOURCE_DIR "/config/debrid.yaml"}) {
    Faults faults;

    const auto config = Load(path, FakeEnvironment(), faults);

    EXPECT_EQ(faults.Text(), "") << path;
    EXPECT_EQ(EditorFaults(*config.document), "") << path;
  }
}

}  // namespace
}  // namespace sluice::config
