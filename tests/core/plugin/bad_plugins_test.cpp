// SPDX-License-Identifier: MIT
// One case for each plugin of tests/bad_plugins that must be refused: its message, its metric, its log line.
#include <gmock/gmock.h>

#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string file;
  std::string reason;
  std::string want, found, remedy;
};

void PrintTo(const Case& test_case, std::ostream* out) { *out << test_case.file; }

class BadPluginTest : public HostTest, public ::testing::WithParamInterface<Case> {};

TEST_P(BadPluginTest, IsRefusedWithWantedFoundAndRemedy) {
  const auto& expected = GetParam();
  const auto path = Install(expected.file);

  Load(std::vector{path});

  const auto info = Only();
  EXPECT_EQ(info.refusal_reason, expected.reason);
  EXPECT_THAT(info.refusal, HasSubstr(path + ": "));
  EXPECT_THAT(info.refusal, HasSubstr("want " + expected.want + ", found " + expected.found));
  EXPECT_THAT(info.refusal, HasSubstr("; " + expected.remedy));
  EXPECT_EQ(LoadFailures(expected.reason), 1);
  EXPECT_THAT(log(), HasSubstr("\"message\":\"a plugin was refused\",\"file\":\"" + path));
  EXPECT_THAT(log(), HasSubstr("\"reason\":\"" + expected.reason + "\""));
  EXPECT_FALSE(CreateBad());
}

const std::string kFault = "this is a fault of the plugin: ask its author";
const std::string kKnownKinds =
    "a kind that this server speaks (sluice.auth/1, sluice.store/1, sluice.indexer/1, sluice.manifest/1, "
    "sluice.media/1, sluice.resolver/1, sluice.endpoint/1, sluice.filter/1)";
const std::string kRebuild = "build the plugin with the headers of SDK 1";

INSTANTIATE_TEST_SUITE_P(
    Shelf, BadPluginTest,
    ::testing::Values(
        Case{"no_section", "section", "a section named sluice_abi_1", "none", "this is no Sluice plugin"},
        Case{"abi_2_section", "section", "a plugin built for ABI 1", "one built for ABI 2", "this server speaks 1"},
        Case{"no_symbol", "symbol", "an exported symbol sluice_plugin", "none", "end the plugin with SLUICE_PLUGIN"},
        Case{"function_symbol", "symbol", "constant data under the symbol sluice_plugin", "a function", "export a"},
        Case{"unresolved", "dlopen", "a library that can be loaded with all symbols resolved", "\"", "link the plugin"},
        Case{"struct_size", "version", "a plugin entry of at least 72 bytes", "struct_size 40", kRebuild},
        Case{"struct_size_lie", "version", "an exported entry of the 4096 bytes that it says it has", "72 bytes",
             kFault},
        Case{"abi_major", "version", "a plugin entry of ABI 1", "ABI 3.0", kRebuild},
        Case{"bad_id", "version", "an id such as org.example.shelf ([a-z][a-z0-9.-]*)", "\"Bad Plugin\"", kFault},
        Case{"unknown_kind", "component", kKnownKinds, "\"sluice.teapot/1\"", "install a server that speaks it"},
        Case{"future_kind", "component", kKnownKinds, "\"sluice.auth/9\"", "install a server that speaks it"},
        Case{"null_function", "component", "a whole table of sluice.auth/1", "one without function authenticate",
             kFault},
        Case{"null_table", "component", "a table of sluice.auth/1", "null", kFault},
        Case{"null_create", "component", "a function create", "null", kFault},
        Case{"null_migration", "component", "the SQL of migration 2", "null", kFault},
        Case{"null_migrations", "component", "an array of at most 10000 migrations", "a null array", kFault},
        Case{"null_destroy", "component", "a function destroy", "null", kFault},
        Case{"bad_type", "component", "a type name of the form [a-z][a-z0-9-]*", "\"My Auth\"", kFault},
        Case{"duplicate_type", "component", "component types that are unique within the plugin", "auth/bad twice",
             kFault},
        Case{"component_count", "component", "1 to 256 components", "component_count 4000000000", kFault},
        Case{"no_components", "component", "1 to 256 components", "component_count 0", kFault},
        Case{"null_array", "component", "an array of 1 component(s)", "a null array", kFault},
        Case{"null_component", "component", "a component", "null", kFault},
        Case{"bad_schema", "schema", "a configuration schema of the subset in docs/sdk/configuration.md",
             "\"is no JSON", kFault},
        Case{"init_fails", "init", "its init to succeed", "status 6 \"the moon is in the wrong phase\"",
             "the plugin's documentation"},
        Case{"init_throws", "init", "its init to succeed", "an exception \"thrown by init\"",
             "the plugin's documentation"}),
    [](const auto& tested) { return tested.param.file; });

using BadPluginsTest = HostTest;

TEST_F(BadPluginsTest, UnresolvedSymbolsAreNamed) {
  Load(std::vector{Install("unresolved")});

  EXPECT_THAT(Only().refusal, HasSubstr("undefined symbol: NobodyHasThisFunction"));
}

TEST_F(BadPluginsTest, NoCodeOfAPluginForAnotherAbiRuns) {
  ::unsetenv("SLUICE_BAD_PLUGIN_RAN");

  Load(std::vector{Install("abi_2_section")});

  EXPECT_EQ(Only().refusal_reason, "section");
  EXPECT_EQ(::getenv("SLUICE_BAD_PLUGIN_RAN"), nullptr);
}

TEST_F(BadPluginsTest, MessagesNameTheComponentThatIsWrong) {
  Load(std::vector{Install("null_create")});

  EXPECT_THAT(Only().refusal, HasSubstr("null_create.so: component auth/bad: want a function create"));
}

TEST_F(BadPluginsTest, BadPluginsDoNotKeepGoodOnesFromLoading) {
  Load(std::vector{Install("bad_schema"), Install("init_throws"), Install("good")});

  EXPECT_EQ(plugins_->plugins().back().refusal, "");
  EXPECT_TRUE(CreateBad());
}

TEST_F(BadPluginsTest, AnUnknownTypeNamesTheRefusedFileThatMayBringIt) {
  const auto path = Install("init_fails", "bad");
  Load(std::vector{path});
  config::Config config;
  config.components = {BadComponent()};
  config.components[0].place = {"sluice.yaml", 7, "/components/gate"};
  config::Faults faults;

  plugins_->CheckComponents(config, faults);

  EXPECT_THAT(faults.Text(), HasSubstr("sluice.yaml:7: /components/gate: unknown auth type \"bad\"; known: none; "
                                       "refused: " +
                                       path + ": want its init to succeed"));
}

TEST_F(BadPluginsTest, ACreateThatAnswersNothingIsAnError) {
  Load(std::vector{Install("create_null")});

  const auto made = CreateBad();

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, sdk::Errc::kInternal);
  EXPECT_THAT(made.error().message, HasSubstr("component \"gate\" (auth/bad of org.example.bad): create answered OK "
                                              "with a null instance (want one)"));
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 0);
}

TEST_F(BadPluginsTest, ACreateThatThrowsIsAnError) {
  Load(std::vector{Install("create_throws")});

  const auto made = CreateBad();

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, sdk::Errc::kInternal);
  EXPECT_THAT(made.error().message, HasSubstr("create threw across the boundary: thrown by create"));
}

TEST_F(BadPluginsTest, ACreateThatRefusesKeepsItsCodeAndWords) {
  Load(std::vector{Install("create_refuses")});

  const auto made = CreateBad();

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_THAT(made.error().message, HasSubstr("/secret: want a better word"));
}

struct CallCase {
  std::string file;
  std::string message;
};
void PrintTo(const CallCase& test_case, std::ostream* out) { *out << test_case.file; }

class BadCallTest : public HostTest, public ::testing::WithParamInterface<CallCase> {};

TEST_P(BadCallTest, FailsTheCallAndIsCounted) {
  Load(std::vector{Install(GetParam().file)});
  const auto made = CreateBad();
  ASSERT_TRUE(made) << made.error().message;
  auto* const auth = (*made)->As<sdk::AuthBackend>();
  ASSERT_NE(auth, nullptr);

  const auto answer = auth->Authenticate(TimedCall(), {.scheme = "bearer", .secret = "word"});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, sdk::Errc::kInternal);
  EXPECT_THAT(answer.error().message, HasSubstr(GetParam().message));
  EXPECT_EQ(
      Metric(metrics_, "sluice_plugin_call_failures_total", {{"plugin", "org.example.bad"}, {"component", "gate"}}), 1);
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_call_seconds", {{"method", "authenticate"}, {"status", "internal"}}), 1);
}

INSTANTIATE_TEST_SUITE_P(Shelf, BadCallTest,
                         ::testing::Values(CallCase{"call_throws", "threw across the boundary"},
                                           CallCase{"status_99", "answered status 99 (want 0 to 10)"},
                                           CallCase{"garbage", "put garbage"}),
                         [](const auto& tested) { return tested.param.file; });

}  // namespace
}  // namespace sluice::plugin::testing
