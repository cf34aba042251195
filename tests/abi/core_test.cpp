// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/plugin.hpp>

#include <cstddef>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/plugin/abi_interface.hpp"
#include "core/plugin/config_view.hpp"

namespace sluice::plugin {
namespace {

using Json = nlohmann::ordered_json;

class ConfigViewTest : public ::testing::Test {
 protected:
  const Json document_ = Json::parse(R"({
    "text": "größe", "empty": "", "yes": true, "no": false, "none": null, "int": -7, "big": 18446744073709551615,
    "most": 9223372036854775807, "real": 1.5, "list": ["a", 1, "b", {"deep": [10]}], "object": {"z": 1, "a": 2},
    "a/b": 1, "m~n": 2, "": 3, "~1": 4})");
  const ConfigView view_{document_};
  const sdk::Config config_{view_.abi()};
};

TEST_F(ConfigViewTest, ReadsEachTypeAtItsPointer) {
  EXPECT_EQ(config_.String("/text"), "größe");
  EXPECT_EQ(config_.String("/empty", "fallback"), "");
  EXPECT_TRUE(config_.Bool("/yes"));
  EXPECT_FALSE(config_.Bool("/no", true));
  EXPECT_EQ(config_.Int("/int"), -7);
  EXPECT_EQ(config_.Int("/most"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(config_.Double("/real"), 1.5);
  EXPECT_EQ(config_.Double("/int"), -7.0);
  EXPECT_EQ(config_.Strings("/list"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config_.Keys("/object"), (std::vector<std::string>{"z", "a"}));
  EXPECT_EQ(config_.Size("/list"), 4U);
  EXPECT_EQ(config_.Int("/list/3/deep/0"), 10);
}

TEST_F(ConfigViewTest, FallsBackWhereTheTypeIsAnotherOrNothingIsThere) {
  EXPECT_EQ(config_.String("/int", "f"), "f");
  EXPECT_EQ(config_.Int("/text", 5), 5);
  EXPECT_EQ(config_.Int("/real", 5), 5);
  EXPECT_EQ(config_.Int("/big", 5), 5);
  EXPECT_EQ(config_.Uint("/int", 5), 5U);
  EXPECT_TRUE(config_.Bool("/text", true));
  EXPECT_EQ(config_.Double("/none", 2.5), 2.5);
  EXPECT_EQ(config_.Size("/text"), 0U);
  for (const auto* pointer : {"/absent", "/list/9", "/list/01", "/list/-", "/list/x", "/list/-1", "/text/0", "text",
                              "/m~2n", "/m~", "/list/99999999999999999999", "/list/"}) {
    EXPECT_FALSE(config_.Has(pointer)) << pointer;
    EXPECT_EQ(config_.Int(pointer, 5), 5) << pointer;
  }
}

TEST_F(ConfigViewTest, FollowsTheEscapesOfRfc6901) {
  EXPECT_EQ(config_.Int("/a~1b"), 1);
  EXPECT_EQ(config_.Int("/m~0n"), 2);
  EXPECT_EQ(config_.Int("/"), 3);
  EXPECT_EQ(config_.Int("/~01"), 4);
}

TEST_F(ConfigViewTest, NamesTheTypeOfEveryValue) {
  const std::pair<const char*, sluice_config_type> types[] = {
      {"", SLUICE_CONFIG_OBJECT},       {"/text", SLUICE_CONFIG_STRING}, {"/yes", SLUICE_CONFIG_BOOLEAN},
      {"/none", SLUICE_CONFIG_NULL},    {"/int", SLUICE_CONFIG_INTEGER}, {"/big", SLUICE_CONFIG_INTEGER},
      {"/real", SLUICE_CONFIG_NUMBER},  {"/list", SLUICE_CONFIG_ARRAY},  {"/object", SLUICE_CONFIG_OBJECT},
      {"/absent", SLUICE_CONFIG_ABSENT}};
  for (const auto& [pointer, type] : types) EXPECT_EQ(config_.Type(pointer), type) << pointer;
}

TEST_F(ConfigViewTest, ShowsTheWholeDocument) { EXPECT_EQ(Json::parse(config_.json()), document_); }

TEST(ConfigViewOfBadTextTest, IsMadeLegible) {
  const Json document{{"bad", "\xFF"}};

  const ConfigView view(document);

  EXPECT_EQ(Json::parse(sdk::Config(view.abi()).json())["bad"], "\xEF\xBF\xBD");
}

/// A good component of each kind, whose table a test may spoil.
struct KindOfTable {
  const char* kind;
  const void* table;
  std::size_t size;
  std::vector<std::string> functions;
  std::vector<std::string> optional;
};

std::vector<KindOfTable> Kinds() {
  using sdk::detail::Kind;
  return {
      {SLUICE_AUTH_KIND,
       &Kind<sdk::AuthBackend>::kTable,
       offsetof(sluice_auth_table, interests),  // came after the first release
       {"authenticate"},
       {}},
      {SLUICE_STORE_KIND,
       &Kind<sdk::Store>::kTable,
       sizeof(sluice_store_table),
       {"traits", "get_account", "check", "add", "get", "list", "remove", "link"},
       {}},
      {SLUICE_INDEXER_KIND, &Kind<sdk::Indexer>::kTable, sizeof(sluice_indexer_table), {"search"}, {}},
      {SLUICE_MANIFEST_KIND,
       &Kind<sdk::ManifestRewriter>::kTable,
       offsetof(sluice_manifest_table, follow),  // came after the first release
       {"accepts", "rewrite"},
       {}},
      {SLUICE_MEDIA_KIND,
       &Kind<sdk::MediaBackend>::kTable,
       sizeof(sluice_media_table),
       {"browse", "resolve", "resolve_child", "report"},
       {"resolve_child"}},
      {SLUICE_RESOLVER_KIND,
       &Kind<sdk::Resolver>::kTable,
       sizeof(sluice_resolver_table),
       {"resolve", "resolve_child"},
       {"resolve_child"}},
      {SLUICE_ENDPOINT_KIND, &Kind<sdk::Endpoint>::kTable, sizeof(sluice_endpoint_table), {"routes", "handle"}, {}},
      {SLUICE_FILTER_KIND,
       &Kind<sdk::Filter>::kTable,
       offsetof(sluice_filter_table, body_open_for),  // came after the first release
       {"on_request", "on_response", "body_open", "body_write", "body_finish", "body_close", "length_preserving"},
       {"on_request", "on_response", "body_open", "length_preserving"}},
  };
}

sluice_component ComponentOf(const char* kind, const void* table) {
  sluice_component component{};
  component.struct_size = sizeof(component);
  component.kind = kind;
  component.type = "t";
  component.table = table;
  component.destroy = [](void* self) { ++*static_cast<int*>(self); };
  return component;
}

TEST(CheckTableTest, TakesEveryGoodTable) {
  std::string missing;
  for (const auto& kind : Kinds()) {
    EXPECT_TRUE(CheckTable(ComponentOf(kind.kind, kind.table), missing)) << kind.kind << ": " << missing;
    EXPECT_EQ(missing, "");
  }
  EXPECT_EQ(KnownKinds().size(), Kinds().size());
}

TEST(CheckTableTest, NamesTheFunctionThatIsNull) {
  for (const auto& kind : Kinds()) {
    for (std::size_t i = 0; i < kind.functions.size(); ++i) {
      std::vector<char> table(kind.size);
      std::memcpy(table.data(), kind.table, kind.size);
      const auto size = static_cast<std::uint32_t>(kind.size);
      std::memcpy(table.data() + offsetof(sluice_filter_table, struct_size), &size, sizeof(size));
      std::memset(table.data() + 8 + i * 8, 0, 8);
      std::string missing;
      const auto& name = kind.functions[i];
      const bool optional = std::find(kind.optional.begin(), kind.optional.end(), name) != kind.optional.end();

      const bool good = CheckTable(ComponentOf(kind.kind, table.data()), missing);

      EXPECT_EQ(good, optional) << kind.kind << '.' << name;
      EXPECT_EQ(missing.rfind("function " + name + " (null", 0), optional ? std::string::npos : 0U) << missing;
    }
  }
}

TEST(CheckTableTest, NamesTheFunctionThatATableIsTooShortFor) {
  for (const auto& kind : Kinds()) {
    for (std::size_t i = 0; i < kind.functions.size(); ++i) {
      std::vector<char> table(kind.size);
      std::memcpy(table.data(), kind.table, kind.size);
      const auto size = static_cast<std::uint32_t>(8 + i * 8 + 7);
      std::memcpy(table.data(), &size, sizeof(size));
      std::string missing;

      EXPECT_FALSE(CheckTable(ComponentOf(kind.kind, table.data()), missing));

      EXPECT_EQ(missing, "function " + kind.functions[i] + " (struct_size " + std::to_string(size) +
                             ", want at least " + std::to_string(kind.size) + ")");
    }
  }
}

TEST(CheckTableTest, TakesATableOfALaterRelease) {
  struct {
    sluice_auth_table first;
    void (*later)();
  } table{sdk::detail::Kind<sdk::AuthBackend>::kTable, nullptr};
  table.first.struct_size = sizeof(table);
  std::string missing;

  EXPECT_TRUE(CheckTable(ComponentOf(SLUICE_AUTH_KIND, &table), missing)) << missing;
}

TEST(CheckTableTest, NamesAKindThatItDoesNotKnow) {
  std::string missing;

  EXPECT_FALSE(CheckTable(ComponentOf("sluice.store/9", nullptr), missing));
  EXPECT_EQ(missing, "a known kind (\"sluice.store/9\")");
  EXPECT_FALSE(CheckTable(ComponentOf(nullptr, nullptr), missing));
  EXPECT_EQ(missing, "a known kind (\"\")");
  EXPECT_FALSE(CheckTable(ComponentOf(SLUICE_STORE_KIND, nullptr), missing));
  EXPECT_EQ(missing, "a table (null)");
}

struct Silent final : CallObserver {
  sdk::Status Before(std::string_view) noexcept override { return sdk::Ok(); }
  void After(const CallOutcome&) noexcept override {}
};

TEST(MakeInterfaceTest, MakesTheInterfaceOfTheKindAndTakesOverTheObject) {
  Silent observer;
  const auto kinds = Kinds();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (std::string_view(kinds[i].kind) == SLUICE_ENDPOINT_KIND) continue;  // asks its object for routes at once
    const auto component = ComponentOf(kinds[i].kind, kinds[i].table);
    int destroyed = 0;
    {
      auto made = MakeInterface(component, &destroyed, observer);
      ASSERT_TRUE(made) << kinds[i].kind;
      EXPECT_EQ(destroyed, 0);
    }
    EXPECT_EQ(destroyed, 1) << kinds[i].kind;
  }
}

TEST(MakeInterfaceTest, DestroysTheObjectOfAKindThatItDoesNotKnow) {
  Silent observer;
  int destroyed = 0;
  const auto component = ComponentOf("sluice.store/9", nullptr);

  EXPECT_FALSE(MakeInterface(component, &destroyed, observer));
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace sluice::plugin
