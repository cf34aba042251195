// SPDX-License-Identifier: MIT
#include "core/config/schema.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/config/load.hpp"

namespace sluice::config {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["hash", "inner"],
  "properties": {
    "hash": {"type": "string", "pattern": "^[0-9a-f]{4}$", "description": "4 hex digits"},
    "size": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
    "ratio": {"type": "number", "minimum": 0.5},
    "flag": {"type": "boolean", "default": false},
    "mode": {"type": "string", "enum": ["fast", "slow", "even"]},
    "key": {"type": "string", "minLength": 3, "secret": true},
    "hosts": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}},
    "labels": {"type": "object", "additionalProperties": {"type": "integer"}},
    "filled": {"type": "object", "default": {}, "properties": {"depth": {"type": "integer", "default": 7}}},
    "inner": {"type": "object", "additionalProperties": false,
              "properties": {"pins": {"type": "array", "items": {"type": "object", "required": ["id"],
                                      "properties": {"id": {"type": "string"}, "pin": {"secret": true}}}}}},
    "any": {}
  }})";

Schema Parsed(std::string_view text) {
  std::string error;
  auto schema = Schema::Parse(text, error);
  EXPECT_TRUE(schema) << error;
  return std::move(*schema);
}

std::string ErrorOf(std::string_view text) {
  std::string error;
  return Schema::Parse(text, error) ? "parsed" : error;
}

std::string SchemaFaults(std::string_view schema, Json value, const Places& places = {}) {
  Faults faults;
  Parsed(schema).Check(value, "", places, faults);
  return faults.Text();
}

TEST(SchemaTest, AcceptsAndFillsInDefaults) {
  auto value = Json::parse(R"({"hash": "00ff", "inner": {}, "ratio": 1, "labels": {"a": 1}, "any": [null],
                               "size": 5.0, "flag": "yes"})");
  Faults faults;

  Parsed(kSchema).Check(value, "", {}, faults);

  EXPECT_EQ(faults.Text(), "");
  EXPECT_EQ(value["size"], 5);
  EXPECT_TRUE(value["size"].is_number_integer());
  EXPECT_EQ(value["flag"], true);
  EXPECT_EQ(value["filled"]["depth"], 7);
}

TEST(SchemaTest, ReportsEveryFaultAtOnce) {
  EXPECT_EQ(SchemaFaults(kSchema, Json::parse(R"({"hash": "00FF", "size": 101, "ratio": 0.25, "flag": "maybe",
                                "mode": "fats", "hosts": [], "labels": {"a": "x"}, "hsah": 1,
                                "inner": {"pins": [{}, {"id": 5}, 6]}})")),
            "/hash: want a text that matches `^[0-9a-f]{4}$` (4 hex digits), found \"00FF\"\n"
            "/size: want a whole number from 1 to 100, found 101\n"
            "/ratio: want a number from 0.5, found 0.25\n"
            "/flag: want true or false, found \"maybe\"\n"
            "/mode: want \"fast\", \"slow\" or \"even\", found \"fats\"\n"
            "/hosts: want at least 1 items; found 0\n"
            "/labels/a: want a whole number without quotes, found \"x\"\n"
            "/hsah: unknown key `hsah`; did you mean `hash`?\n"
            "/inner/pins/0: `id` is missing: want a string\n"
            "/inner/pins/1/id: want a string in quotes, found 5\n"
            "/inner/pins/2: want a map, found 6\n");
}

TEST(SchemaTest, ReportsTypesThatAreWrong) {
  EXPECT_EQ(SchemaFaults(R"({"type": "object"})", Json::array()), "want a map, found a list\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "array"})", 5), "want a list, found 5\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "integer"})", 5.5), "want a whole number, found 5.5\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "number"})", "5"), "want a number without quotes, found \"5\"\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "string"})", nullptr), "want a string, found nothing\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "null"})", 5), "want nothing, found 5\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "null"})", nullptr), "");
  EXPECT_EQ(SchemaFaults(R"({"type": "array", "maxItems": 1})", Json::array({1, 2})),
            "want at most 1 items; found 2\n");
}

TEST(SchemaTest, ReportsWhatIsMissingWithItsDescription) {
  EXPECT_EQ(SchemaFaults(kSchema, Json::object()),
            "`hash` is missing: want a string (4 hex digits)\n`inner` is missing: want a map\n");
}

TEST(SchemaTest, CountsCharactersNotOctets) {
  EXPECT_EQ(SchemaFaults(R"({"type": "string", "minLength": 3})", "éé"), "want at least 3 characters, found \"éé\"\n");
  EXPECT_EQ(SchemaFaults(R"({"type": "string", "pattern": "^.{2}$"})", "éé"), "");
}

TEST(SchemaTest, FindsTheLineOfAFaultAndOfWhatIsMissing) {
  Faults faults;
  auto config = LoadText(
      "version: 1\nlisteners: {main: {address: \":0\"}}\ncomponents:\n  a:\n    kind: auth\n    type: t\n    config:\n"
      "      size: 0\n  b: {kind: auth, type: t}\n",
      "c.yaml", [](std::string_view) { return std::nullopt; }, faults);
  const auto schema = Parsed(kSchema);

  for (auto& component : config.components) {
    schema.Check(*component.config, component.config_pointer, *config.places, faults);
  }

  EXPECT_EQ(faults.Text(),
            "c.yaml:7: /components/a/config: `hash` is missing: want a string (4 hex digits)\n"
            "c.yaml:7: /components/a/config: `inner` is missing: want a map\n"
            "c.yaml:8: /components/a/config/size: want a whole number from 1 to 100, found 0\n"
            "c.yaml:9: /components/b/config: `hash` is missing: want a string (4 hex digits)\n"
            "c.yaml:9: /components/b/config: `inner` is missing: want a map\n");
}

TEST(SchemaTest, NeverShowsSecrets) {
  const Places places = {{"/hash", {.file = "c.yaml", .line = 3, .pointer = "/hash", .secret = true}}};
  const auto faults = SchemaFaults(kSchema, Json::parse(R"({"hash": "hunter2", "key": "hu", "inner": {}})"), places);

  EXPECT_EQ(faults,
            "/key: want at least 3 characters, found a secret value\n"
            "c.yaml:3: /hash: want a text that matches `^[0-9a-f]{4}$` (4 hex digits), found a secret value\n");
}

TEST(SchemaTest, ListsTheSecretsThatAreThere) {
  const auto value = Json::parse(R"({"key": "k", "inner": {"pins": [{"id": "a"}, {"id": "b", "pin": 5}]}})");
  EXPECT_THAT(Parsed(kSchema).SecretPointers(value), ElementsAre("/key", "/inner/pins/1/pin"));
}

TEST(SchemaTest, ListsTheComponentsThatAConfigurationNames) {
  const auto schema = Parsed(R"({"type": "object", "properties": {
    "stores": {"type": "array", "items": {"type": "string", "component": "store"}},
    "auth": {"type": "string", "component": "auth"}, "other": {"type": "string"}}})");

  const auto found =
      schema.ComponentReferences(Json::parse(R"({"auth": "gate", "stores": ["a", 5, "b"], "other": "c"})"));

  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].pointer + " " + found[0].kind + " " + found[0].name, "/auth auth gate");
  EXPECT_EQ(found[1].pointer + " " + found[1].kind + " " + found[1].name, "/stores/0 store a");
  EXPECT_EQ(found[2].pointer + " " + found[2].kind + " " + found[2].name, "/stores/2 store b");
}

TEST(SchemaTest, RefusesTextThatCostsTheMatcherTooMuch) {
  EXPECT_NE(SchemaFaults(R"({"type": "string", "pattern": "^(a+)+$"})", std::string(40, 'a') + "b"), "");
  EXPECT_NE(SchemaFaults(R"({"type": "string", "pattern": "^(a|b)*$"})", std::string(1'000'000, 'a')), "");
}

TEST(SchemaParseTest, RefusesWhatIsNotOfTheSubset) {
  EXPECT_EQ(ErrorOf("{}"), "parsed");
  EXPECT_EQ(ErrorOf("[]"), "want an object, found a list");
  EXPECT_TRUE(ErrorOf("{").starts_with("is no JSON: ")) << ErrorOf("{");
  EXPECT_TRUE(ErrorOf("\"\xFF\"").starts_with("is no JSON: "));
  EXPECT_EQ(ErrorOf(R"({"typ": "string"})"), "/typ: unknown key `typ`; did you mean `type`?");
  EXPECT_EQ(ErrorOf(R"({"type": "text"})"),
            "/type: want `object`, `array`, `string`, `integer`, `number`, `boolean` or `null`, found \"text\"");
  EXPECT_TRUE(ErrorOf(R"({"minimum": 1, "type": ["integer"]})").starts_with("/type: want `object`"));
  EXPECT_EQ(ErrorOf(R"({"type": "string", "minimum": 1})"), "/minimum: is for type integer or number, not string");
  EXPECT_EQ(ErrorOf(R"({"properties": {}})"), "/properties: is for type object, and no type is given");
  EXPECT_EQ(ErrorOf(R"({"type": "string", "pattern": "("})"), "/pattern: is no regular expression: `(`");
  EXPECT_EQ(ErrorOf(R"({"type": "array", "minItems": -1})"), "/minItems: want a whole number from 0, found -1");
  EXPECT_EQ(ErrorOf(R"({"enum": []})"), "/enum: want a list of values, found a list");
  EXPECT_EQ(ErrorOf(R"({"type": "string", "component": 5})"), "/component: want a kind of component, found 5");
  EXPECT_EQ(ErrorOf(R"({"type": "integer", "component": "store"})"), "/component: is for type string, not integer");
  EXPECT_EQ(ErrorOf(R"({"secret": "yes"})"), "/secret: want true or false, found \"yes\"");
  EXPECT_EQ(ErrorOf(R"({"type": "object", "required": ["a"]})"), "/required: `a` is not among the properties");
  EXPECT_EQ(ErrorOf(R"({"type": "object", "properties": {"a/b": {"items": {}}}})"),
            "/properties/a~1b/items: is for type array, and no type is given");
}

TEST(SchemaParseTest, RefusesADefaultThatItsOwnSchemaRefuses) {
  EXPECT_EQ(ErrorOf(R"({"type": "integer", "minimum": 5, "default": 1})"),
            "/default: want a whole number from 5, found 1");
  EXPECT_EQ(ErrorOf(R"({"type": "object", "default": {"a": "x"}, "properties": {"a": {"type": "integer"}}})"),
            "/default: /a: want a whole number without quotes, found \"x\"");
}

TEST(SchemaParseTest, RefusesNestingWithoutEnd) {
  std::string text = "{}";
  for (int i = 0; i < 40; ++i) {
    text.insert(0, R"({"type": "array", "items": )");
    text += "}";
  }
  EXPECT_TRUE(ErrorOf(text).ends_with("nested more than 32 deep")) << ErrorOf(text);
}

}  // namespace
}  // namespace sluice::config
