// SPDX-License-Identifier: MIT
// Takes one part at a time out of a good entry, in memory, and expects a refusal.
#include "core/plugin/entry_check.hpp"

#include <gmock/gmock.h>
#include <sluice/abi/auth.h>
#include <sluice/abi/endpoint.h>
#include <sluice/abi/indexer.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/media.h>
#include <sluice/abi/resolver.h>
#include <sluice/abi/store.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice::plugin {
namespace {

using ::testing::HasSubstr;

sluice_status Create(const sluice_host*, sluice_str, const sluice_config*, void**, sluice_error*) { return SLUICE_OK; }
void Destroy(void*) {}

/// A table of `functions` pointers after its header. Nothing calls them.
template <std::size_t kFunctions>
struct RawTable {
  std::uint32_t struct_size = sizeof(RawTable);
  std::uint32_t reserved = 0;
  std::array<void (*)(void*), kFunctions> functions;
  RawTable() { functions.fill(&Destroy); }
};

class EntryCheckTest : public ::testing::Test {
 protected:
  EntryCheckTest() {
    component_ = {.struct_size = sizeof(sluice_component),
                  .reserved = 0,
                  .kind = SLUICE_AUTH_KIND,
                  .type = "shelf",
                  .summary = "One line",
                  .config_schema = R"({"type": "object"})",
                  .table = &auth_,
                  .create = &Create,
                  .destroy = &Destroy,
                  .migrations = nullptr,
                  .migration_count = 0,
                  .sealed_columns = nullptr,
                  .sealed_column_count = 0};
    entry_ = {.struct_size = sizeof(sluice_plugin_entry),
              .abi_major = 1,
              .abi_minor = 0,
              .component_count = 1,
              .id = "org.example.shelf",
              .version = "1.0.0",
              .license = "MIT",
              .build_tag = "tests",
              .components = components_.data(),
              .init = nullptr,
              .deinit = nullptr};
  }
  Refusal Check() {
    const auto checked = CheckEntry(entry_, "shelf.so");
    const auto* refusal = std::get_if<Refusal>(&checked);
    return refusal == nullptr ? Refusal() : *refusal;
  }
  template <std::size_t kFunctions>
  void ExpectEachFunctionRequired(const char* kind, std::initializer_list<std::size_t> optional = {}) {
    component_.kind = kind;
    for (std::size_t i = 0; i < kFunctions; ++i) {
      RawTable<kFunctions> table;
      component_.table = &table;
      ASSERT_EQ(Check().message, "") << kind;
      table.functions[i] = nullptr;
      const bool may_lack = std::find(optional.begin(), optional.end(), i) != optional.end();
      EXPECT_EQ(Check().reason, may_lack ? "" : "component") << kind << " without function " << i;
      if (!may_lack) {
        EXPECT_THAT(Check().message, HasSubstr("without function "));
      }
    }
    RawTable<kFunctions> shorter;
    shorter.struct_size = 8;
    component_.table = &shorter;
    EXPECT_THAT(Check().message, HasSubstr("struct_size 8")) << kind;
  }

  RawTable<1> auth_;
  sluice_component component_{};
  std::array<const sluice_component*, 2> components_ = {&component_, &component_};
  sluice_plugin_entry entry_{};
};

TEST_F(EntryCheckTest, AcceptsAGoodEntry) {
  const auto checked = CheckEntry(entry_, "shelf.so", sizeof(entry_));

  const auto* types = std::get_if<std::vector<ComponentType>>(&checked);
  ASSERT_NE(types, nullptr) << std::get<Refusal>(checked).message;
  ASSERT_EQ(types->size(), 1U);
  EXPECT_EQ(types->front().kind, "auth");
  EXPECT_EQ(types->front().type, "shelf");
  EXPECT_EQ(types->front().component, &component_);
}

TEST_F(EntryCheckTest, AcceptsANewerMinorWithABiggerStruct) {
  struct {
    sluice_plugin_entry entry;
    std::array<char, 64> appended;
  } newer{};
  newer.entry = entry_;
  newer.entry.struct_size = sizeof(newer);
  newer.entry.abi_minor = 7;
  component_.struct_size = sizeof(sluice_component) + 16;

  const auto checked = CheckEntry(newer.entry, "shelf.so", sizeof(newer));

  EXPECT_TRUE(std::holds_alternative<std::vector<ComponentType>>(checked));
}

TEST_F(EntryCheckTest, RefusesAnotherMajor) {
  entry_.abi_major = 2;
  EXPECT_EQ(Check().reason, "version");
  EXPECT_EQ(Check().message,
            "shelf.so: want a plugin entry of ABI 1, found ABI 2.0; build the plugin with the headers of SDK 1");
}

TEST_F(EntryCheckTest, RefusesShortStructs) {
  entry_.struct_size -= 8;
  EXPECT_EQ(Check().reason, "version");
  entry_.struct_size += 8;
  component_.struct_size = 56;
  EXPECT_THAT(Check().message, HasSubstr("component 1: want at least 64 bytes, found struct_size 56"));
}

TEST_F(EntryCheckTest, RefusesNullTexts) {
  for (const char* sluice_plugin_entry::*text : {&sluice_plugin_entry::id, &sluice_plugin_entry::version}) {
    const auto whole = entry_;
    entry_.*text = nullptr;
    EXPECT_THAT(Check().message, HasSubstr("found null"));
    entry_ = whole;
  }
  for (const char* sluice_component::*text : {&sluice_component::kind, &sluice_component::type,
                                              &sluice_component::summary, &sluice_component::config_schema}) {
    const auto whole = component_;
    component_.*text = nullptr;
    EXPECT_EQ(Check().reason, "component");
    EXPECT_THAT(Check().message, HasSubstr("found null"));
    component_ = whole;
  }
}

TEST_F(EntryCheckTest, AcceptsNoLicenceAndNoBuildTag) {
  entry_.license = nullptr;
  entry_.build_tag = nullptr;
  EXPECT_EQ(Check().message, "");
}

TEST_F(EntryCheckTest, RefusesIdsAndTypesThatCannotBeNames) {
  const std::string long_name(4000, 'a');
  for (const char* id : {"", "Org.Example", "org example", "../../etc", "1org", long_name.c_str()}) {
    entry_.id = id;
    EXPECT_EQ(Check().reason, "version") << id;
  }
  entry_.id = "org.example.shelf";
  for (const char* type : {"", "My", "a_b", "a/b", "-a", "1a", long_name.c_str()}) {
    component_.type = type;
    EXPECT_EQ(Check().reason, "component") << type;
  }
}

TEST_F(EntryCheckTest, RefusesTheSameTypeTwice) {
  entry_.component_count = 2;
  EXPECT_THAT(Check().message, HasSubstr("auth/shelf twice"));
}

TEST_F(EntryCheckTest, NamesWhatIsWrongWithASchema) {
  component_.config_schema = R"({"type": "teapot"})";
  EXPECT_EQ(Check().reason, "schema");
  EXPECT_THAT(Check().message, HasSubstr("shelf.so: component auth/shelf: want a configuration schema"));
}

TEST_F(EntryCheckTest, TakesMigrationsAndSealedColumns) {
  const std::array<const char*, 2> migrations = {"CREATE TABLE {keys} (id TEXT)", "SELECT 1"};
  const sluice_sealed_column sealed{.table = "keys", .id = "id", .column = "secret", .key_id = "sealed_by"};
  component_.migrations = migrations.data();
  component_.migration_count = migrations.size();
  component_.sealed_columns = &sealed;
  component_.sealed_column_count = 1;

  const auto checked = CheckEntry(entry_, "shelf.so");

  const auto& type = std::get<std::vector<ComponentType>>(checked).front();
  EXPECT_EQ(type.migrations, (std::vector<std::string>{"CREATE TABLE {keys} (id TEXT)", "SELECT 1"}));
  ASSERT_EQ(type.sealed_columns.size(), 1U);
  EXPECT_EQ(type.sealed_columns[0].column, "secret");
  component_.struct_size = offsetof(sluice_component, migrations);  // of an SDK that did not know them
  const auto before = CheckEntry(entry_, "shelf.so");
  EXPECT_TRUE(std::get<std::vector<ComponentType>>(before).front().migrations.empty());
}

TEST_F(EntryCheckTest, RefusesSealedColumnsThatAreNone) {
  sluice_sealed_column sealed{.table = "keys", .id = "id", .column = nullptr, .key_id = "sealed_by"};
  component_.sealed_column_count = 1;
  EXPECT_THAT(Check().message, HasSubstr("want an array of at most 100 sealed columns, found a null array"));
  component_.sealed_columns = &sealed;
  EXPECT_THAT(Check().message, HasSubstr("in sealed column 1, found null"));
  sealed.column = "x; DROP TABLE keys";
  EXPECT_THAT(Check().message, HasSubstr("want names of the form [a-z][a-z0-9_]* in sealed column 1"));
  EXPECT_EQ(Check().reason, "component");
}

TEST_F(EntryCheckTest, RefusesATableWithoutARequiredFunction) {
  ExpectEachFunctionRequired<1>(SLUICE_AUTH_KIND);
  ExpectEachFunctionRequired<8>(SLUICE_STORE_KIND);
  ExpectEachFunctionRequired<1>(SLUICE_INDEXER_KIND);
  ExpectEachFunctionRequired<2>(SLUICE_MANIFEST_KIND);
  ExpectEachFunctionRequired<4>(SLUICE_MEDIA_KIND, {2});
  ExpectEachFunctionRequired<2>(SLUICE_RESOLVER_KIND, {1});
  ExpectEachFunctionRequired<2>(SLUICE_ENDPOINT_KIND);
}

TEST(KindNameTest, IsTheWordBetweenPrefixAndRevision) {
  EXPECT_EQ(KindName("sluice.store/1"), "store");
  EXPECT_EQ(KindName("store/1"), "");
  EXPECT_EQ(KindName("sluice.store"), "");
  EXPECT_EQ(KindName("sluice./1"), "");
}

}  // namespace
}  // namespace sluice::plugin
