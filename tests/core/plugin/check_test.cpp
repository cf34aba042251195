// SPDX-License-Identifier: MIT
#include "core/plugin/check.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class CheckTest : public HostTest {
 protected:
  int Check(const std::string& file, const std::string& config_file = {}, std::chrono::milliseconds limit = 30s) {
    out_.str({});
    return RunCheckPlugin(file, config_file, out_, limit);
  }
  std::ostringstream out_;
};

TEST_F(CheckTest, AGoodPluginPassesEveryCheck) {
  EXPECT_EQ(Check(Install("good_stripped")), 0) << out_.str();

  EXPECT_THAT(out_.str(), HasSubstr("ok    marked as a plugin for ABI 1\n"));
  EXPECT_THAT(out_.str(), HasSubstr("ok    exports sluice_plugin alone\n"));
  EXPECT_THAT(out_.str(), HasSubstr("ok    loads with every symbol resolved\n"));
  EXPECT_THAT(out_.str(), HasSubstr("ok    init succeeds\n"));
  EXPECT_THAT(out_.str(), HasSubstr("note  id org.example.bad, version 1.0.0, ABI 1.0, built by tests\n"));
  EXPECT_THAT(out_.str(), HasSubstr("ok    auth/bad: created and destroyed 100 times\n"));
  EXPECT_THAT(out_.str(), HasSubstr("ok    auth/bad: 4 threads called authenticate 200 times\n"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("FAIL")));
}

TEST_F(CheckTest, RefusalsAreFailuresWithTheSameWords) {
  EXPECT_EQ(Check(Install("null_function")), 1);

  EXPECT_THAT(out_.str(), HasSubstr("ok    sizes and versions fit this server\n"));
  EXPECT_THAT(out_.str(), HasSubstr("FAIL  " + (scratch_ / "null_function.so").string() +
                                    ": component auth/bad: want a whole table of sluice.auth/1"));
  EXPECT_EQ(Check(Install("no_section")), 2);
  EXPECT_THAT(out_.str(), HasSubstr("want a section named sluice_abi_1"));
  EXPECT_EQ(Check(Install("abi_2_section")), 2);
  EXPECT_THAT(out_.str(), HasSubstr("found one built for ABI 2"));
  EXPECT_EQ(Check((scratch_ / "nothing.so").string()), 2);
  EXPECT_THAT(out_.str(), HasSubstr("want a readable file"));
  EXPECT_EQ(Check(Write("empty.so", "")), 2);
  EXPECT_THAT(out_.str(), HasSubstr("found an empty file"));
}

TEST_F(CheckTest, NamesExportsThatShouldNotBe) {
  EXPECT_EQ(Check(Install("unresolved")), 1);

  EXPECT_THAT(out_.str(), HasSubstr("FAIL  exports: want sluice_plugin alone, found 1 more: Need; link with"));
  EXPECT_THAT(out_.str(), HasSubstr("undefined symbol: NobodyHasThisFunction"));
}

TEST_F(CheckTest, ACrashIsAFinding) {
  EXPECT_EQ(Check(Install("crashes")), 1);

  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: create: "));
}

TEST_F(CheckTest, EndingTheProcessIsAFinding) {
  EXPECT_EQ(Check(Install("exits")), 1);

  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: create: ends the process with exit code 0\n"));
}

TEST_F(CheckTest, AHangIsAFinding) {
  EXPECT_EQ(Check(Install("hangs"), {}, 300ms), 1);

  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: create: hangs, no end within 300 ms\n"));
}

TEST_F(CheckTest, ExceptionsAndNothingsAreFindings) {
  EXPECT_EQ(Check(Install("create_throws")), 1);
  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: create threw across the boundary: thrown by create\n"));
  EXPECT_EQ(Check(Install("create_null")), 1);
  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: create answered OK with a null instance (want one)\n"));
  EXPECT_EQ(Check(Install("call_throws")), 1);
  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: 201 call(s) broke a rule of the boundary\n"));
  EXPECT_EQ(Check(Install("init_throws")), 1);
  EXPECT_THAT(out_.str(), HasSubstr("an exception \"thrown by init\""));
}

TEST_F(CheckTest, ARefusedConfigurationIsOnlyANote) {
  EXPECT_EQ(Check(Install("create_refuses")), 0);

  EXPECT_THAT(out_.str(), HasSubstr("note  auth/bad: create refused its configuration (give --config FILE): /secret: "
                                    "want a better word\n"));
}

TEST_F(CheckTest, TakesAConfiguration) {
  const auto good = Install("good");

  EXPECT_EQ(Check(good, Write("good.yaml", "secret: word\n")), 0) << out_.str();
  EXPECT_EQ(Check(good, Write("keyed.yaml", "auth/bad: {secret: word}\n")), 0) << out_.str();
  EXPECT_EQ(Check(good, Write("bad.yaml", "sceret: word\n")), 1);
  EXPECT_THAT(out_.str(), HasSubstr("FAIL  auth/bad: the given configuration does not fit the schema: "));
  EXPECT_EQ(Check(good, (scratch_ / "none.yaml").string()), 1);
  EXPECT_THAT(out_.str(), HasSubstr("none.yaml cannot be read"));
}

TEST_F(CheckTest, PermissionsOfTheFileAreOnlyANote) {
  const auto path = Install("good");
  std::filesystem::permissions(path, std::filesystem::perms(0666));

  EXPECT_EQ(Check(path), 0);

  EXPECT_THAT(out_.str(), HasSubstr("note  a server would refuse this file as it stands: " + path));
}

TEST_F(CheckTest, PrintsPluginsAndRefusals) {
  Load(std::vector{Install("good"), Install("bad_type")});

  std::ostringstream plain, schemas;
  PrintPlugins(plugins_->plugins(), false, plain);
  PrintPlugins(plugins_->plugins(), true, schemas);

  EXPECT_THAT(plain.str(), HasSubstr("org.example.bad 1.0.0\n  file     " + (scratch_ / "good.so").string()));
  EXPECT_THAT(plain.str(), HasSubstr("  ABI      1.0\n"));
  EXPECT_THAT(plain.str(), HasSubstr("  auth/bad: A plugin for tests\n"));
  EXPECT_THAT(plain.str(), HasSubstr("refused (component): " + (scratch_ / "bad_type.so").string()));
  EXPECT_THAT(plain.str(), Not(HasSubstr("schema")));
  EXPECT_THAT(schemas.str(), HasSubstr("    schema {\"type\": \"object\""));
}

}  // namespace
}  // namespace sluice::plugin::testing
