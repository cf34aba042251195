// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sluice/sdk/testing/config.hpp>

namespace sluice::sdk::testing {
namespace {

constexpr char kSchema[] = R"({"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
  "name": {"type": "string", "minLength": 2},
  "size": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
  "ratio": {"type": "number"},
  "mode": {"enum": ["fast", "slow"], "default": "fast"},
  "on": {"type": "boolean"},
  "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
  "headers": {"type": "object", "additionalProperties": {"type": "string"}},
  "deep": {"type": "object", "default": {}, "properties": {"leaf": {"type": "integer", "default": 7}}}}})";

std::string FaultOf(TestConfig config) {
  const auto status = config.Complete(kSchema);
  return status ? "" : status.error().message;
}

TEST(JsonTest, ReadsWhatRfc8259Allows) {
  const auto json = Json::Parse(R"( {"a": [1, -2.5e1, true, null, "x\n\u00e9\ud83d\ude00\/"], "b": {}} )");

  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(json->Find("/a/0")->integer(), 1);
  EXPECT_EQ(json->Find("/a/1")->number(), -25.0);
  EXPECT_TRUE(json->Find("/a/2")->boolean());
  EXPECT_TRUE(json->Find("/a/3")->is(SLUICE_CONFIG_NULL));
  EXPECT_EQ(json->Find("/a/4")->text(), "x\n\xC3\xA9\xF0\x9F\x98\x80/");
  EXPECT_EQ(json->Find("/b")->size(), 0U);
  EXPECT_EQ(json->Find("/a/5"), nullptr);
  EXPECT_EQ(json->Find("/b/x"), nullptr);
}

TEST(JsonTest, RefusesWhatItDoesNot) {
  for (const char* text : {"", "{", "[1,]", "{\"a\" 1}", "tru", "1 2", "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "[1"})
    EXPECT_FALSE(Json::Parse(text)) << text;
  EXPECT_FALSE(Json::Parse(std::string(100, '[') + std::string(100, ']')));
}

TEST(JsonTest, WritesWhatItReads) {
  const std::string text = R"({"a":[1,2.5,true,null,"q\"\\\u0001"],"~/":{}})";
  const auto json = Json::Parse(text);

  ASSERT_TRUE(json);
  EXPECT_EQ(json->Dump(), text);
  EXPECT_TRUE(json->Find("/~0~1")->is(SLUICE_CONFIG_OBJECT));
}

TEST(TestConfigTest, BuildsADocumentFromPointers) {
  const TestConfig config{{"/name", "abc"}, {"/size", 5}, {"/tags/1", "y"}, {"/tags/0", "x"}, {"/headers/X-A", "1"}};

  EXPECT_EQ(config.document().Dump(), R"({"name":"abc","size":5,"tags":["x","y"],"headers":{"X-A":"1"}})");
  EXPECT_EQ(config.With("/on", true).document().Find("/on")->boolean(), true);
}

TEST(TestConfigTest, FillsInDefaults) {
  TestConfig config{{"/name", "abc"}};

  ASSERT_TRUE(config.Complete(kSchema));

  EXPECT_EQ(config.document().Dump(), R"({"name":"abc","size":3,"mode":"fast","deep":{"leaf":7}})");
}

TEST(TestConfigTest, NamesTheFirstFault) {
  EXPECT_EQ(FaultOf({}), "/name: is required");
  EXPECT_EQ(FaultOf({{"/name", 1}}), "/name: want string");
  EXPECT_EQ(FaultOf({{"/name", "a"}}), "/name: want minLength 2");
  EXPECT_EQ(FaultOf({{"/name", "\xC3\xA9"}}), "/name: want minLength 2");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/size", "3"}}), "/size: want integer");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/size", 0}}), "/size: want minimum 1");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/size", 10}}), "/size: want maximum 9");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/ratio", 1}}), "");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/mode", "x"}}), "/mode: want one of [\"fast\",\"slow\"]");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/tags/0", 1}}), "/tags/0: want string");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/tags", Json::Array()}}), "/tags: want minItems 1");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/tags/2", "c"}}), "/tags: want maxItems 2");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/headers/X", 1}}), "/headers/X: want string");
  EXPECT_EQ(FaultOf({{"/name", "ab"}, {"/naem", 1}}), "/naem: unknown key");
  EXPECT_EQ(FaultOf("{"), "JSON: fault at offset 1");
}

TEST(ConfigTableTest, ReadsLikeTheServersConfiguration) {
  const ConfigTable table(
      *Json::Parse(R"({"s": "text", "i": 7, "d": 1.5, "b": true, "l": ["a", 1, "b"], "o": {"y": 1, "x": 2}})"));
  const Config config(table.abi());

  EXPECT_EQ(config.String("/s"), "text");
  EXPECT_EQ(config.String("/i", "fallback"), "fallback");
  EXPECT_EQ(config.Int("/i"), 7);
  EXPECT_EQ(config.Double("/i"), 7.0);
  EXPECT_EQ(config.Double("/d"), 1.5);
  EXPECT_EQ(config.Int("/d", -1), -1);
  EXPECT_TRUE(config.Bool("/b"));
  EXPECT_EQ(config.Strings("/l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.Keys("/o"), (std::vector<std::string>{"y", "x"}));
  EXPECT_EQ(config.Size("/l"), 3U);
  EXPECT_EQ(config.Size("/s"), 0U);
  EXPECT_FALSE(config.Has("/none"));
  EXPECT_EQ(config.Type(""), static_cast<sluice_config_type>(SLUICE_CONFIG_OBJECT));
}

}  // namespace
}  // namespace sluice::sdk::testing
