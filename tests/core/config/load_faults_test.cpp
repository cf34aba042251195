// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using testing::FakeEnvironment;
using testing::FaultsOf;
using testing::TemporaryFolder;

constexpr std::string_view kGood = "version: 1\nlisteners: {main: {address: \"127.0.0.1:0\"}}\n";

/// One case of faults.txt: "=== Name", the YAML, "--- faults", and the faults.
struct Bad {
  std::string name, yaml, faults;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

std::vector<Bad> ReadCases() {
  std::vector<Bad> cases;
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/core/config/faults.txt");
  std::string* part = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({.name = line.substr(4), .yaml = {}, .faults = {}});
      part = &cases.back().yaml;
    } else if (line == "--- faults") {
      part = &cases.back().faults;
    } else if (part != nullptr && !(line.empty() && part == &cases.back().faults)) {
      *part += line + "\n";
    }
  }
  return cases;
}

class LoadFaultsTest : public ::testing::TestWithParam<Bad> {};

TEST_P(LoadFaultsTest, AreReportedAllAtOnce) { EXPECT_EQ(FaultsOf(GetParam().yaml), GetParam().faults); }

INSTANTIATE_TEST_SUITE_P(, LoadFaultsTest, ::testing::ValuesIn(ReadCases()),
                         [](const ::testing::TestParamInfo<Bad>& bad) { return bad.param.name; });

TEST(LoadFaultsTableTest, HoldsEnoughCases) { EXPECT_GE(ReadCases().size(), 100u); }

/// "a0: &a0 <first>", then 30 lines whose value refers twice to the one before.
std::string Doubling(const std::string& first, const std::string& open, const std::string& close) {
  std::string text = "a0: &a0 " + first + "\n";
  for (int i = 1; i <= 30; ++i) {
    const auto last = "*a" + std::to_string(i - 1);
    const auto name = "a" + std::to_string(i);
    text.append(name).append(": &").append(name).append(" ").append(open);
    text.append(last).append(", ").append(last).append(close).append("\n");
  }
  return text;
}

TEST(LoadLimitsTest, RefusesListsThatDoubleWithEveryAlias) {
  EXPECT_EQ(FaultsOf(Doubling("[1, 2]", "[", "]")), "c.yaml:15: with aliases expanded, more than 65536 values\n");
}

TEST(LoadLimitsTest, RefusesMergeKeysThatDoubleWithEveryAlias) {
  EXPECT_EQ(FaultsOf(Doubling("{x: 1}", "{<<: [", "]}")), "c.yaml:17: with aliases expanded, more than 65536 values\n");
}

TEST(LoadLimitsTest, RefusesALongTextThatIsRepeatedByAlias) {
  std::string text = "a: &a \"" + std::string(1'000'000, 'x') + "\"\nb: [*a";
  for (int i = 0; i < 40; ++i) text += ", *a";

  EXPECT_EQ(FaultsOf(text + "]\n"), "c.yaml:2: with aliases and files expanded, larger than 32 MiB\n");
}

TEST(LoadLimitsTest, RefusesNestingBeyond64InTheText) {
  EXPECT_EQ(FaultsOf("version: " + std::string(100, '[') + std::string(100, ']')),
            "c.yaml:1: nested more than 64 deep\n");
  EXPECT_NE(FaultsOf("version: " + std::string(1'000'000, '[')), "");
}

TEST(LoadLimitsTest, RefusesNestingBeyond64ByAliases) {
  std::string text = "x0: &a0 {}\n";
  for (int i = 1; i < 70; ++i) {
    const auto name = std::to_string(i);
    text.append("x").append(name).append(": &a").append(name).append(" {a: *a").append(std::to_string(i - 1));
    text.append("}\n");
  }

  EXPECT_EQ(FaultsOf(text), "c.yaml:65: with aliases expanded, nested more than 64 deep\n");
}

TEST(LoadLimitsTest, RefusesTooManyValues) {
  std::string values;
  for (int i = 0; i < 70'000; ++i) values += "1,";

  EXPECT_EQ(FaultsOf("version: [" + values + "]\n"), "c.yaml:1: more than 65536 values\n");
}

TEST(LoadLimitsTest, RefusesTextOver4MiBAndKeysOver1KiB) {
  EXPECT_EQ(FaultsOf(std::string(4 * 1024 * 1024 + 1, '\n')), "c.yaml: is larger than 4 MiB\n");
  EXPECT_EQ(FaultsOf(std::string(kGood) + "? " + std::string(2000, 'k') + "\n: 1\n"),
            "c.yaml:3: a key longer than 1024 octets\n");
}

TEST(LoadTextFaultsTest, RefusesWhatIsNoUtf8AndControlCharacters) {
  EXPECT_EQ(FaultsOf("version: 1\nlog: {level: \"\xFF\"}\n"), "c.yaml:2: is not UTF-8\n");
  EXPECT_EQ(FaultsOf("version: 1\nlog: {level: \"\xED\xA0\x80\"}\n"), "c.yaml:2: is not UTF-8\n");
  EXPECT_EQ(FaultsOf("version: 1\n\nlog: {level: \"a\x04\"}\n"),
            "c.yaml:3: holds a control character; write it as an escape in double quotes\n");
}

TEST(LoadTextFaultsTest, SaysThatTheTextIsEmpty) {
  const std::string wanted = "c.yaml: is empty; want at least `version` and `listeners`\n";
  EXPECT_EQ(FaultsOf(""), wanted);
  EXPECT_EQ(FaultsOf("\n\n"), wanted);
}

TEST(LoadTextFaultsTest, NeverShowSecretValues) {
  const auto environment = FakeEnvironment({{"A_TOKEN", "hunter2 {x} {"}, {"my_secret", "hunter2"}});
  const std::string yaml =
      std::string(kGood) +
      "log: {level: \"${A_TOKEN}\", access: \"${my_secret}\"}\n"
      "server: {trusted_proxies: [\"${A_TOKEN}\"], base_url: \"x${A_TOKEN}\", workers: "
      "\"${A_TOKEN}\", grace: \"${A_TOKEN}\", max_body: \"${A_TOKEN}\"}\n"
      "state: {database: \"${my_secret}\", cache: \"a${my_secret}\", secret_key: \"${A_TOKEN}\"}\n"
      "upstream: {trusted: \"${A_TOKEN}\"}\n"
      "plugins: {allow: [{id: x, sha256: \"${A_TOKEN}\"}]}\n"
      "components: {a: {kind: \"${my_secret}\", type: x, config: \"${A_TOKEN}\"}}\n"
      "pipelines:\n"
      "  p:\n"
      "    match: {hosts: \"${A_TOKEN}\", path: \"${A_TOKEN}\", methods: \"${A_TOKEN}\", listener: "
      "\"${my_secret}\"}\n"
      "    steps:\n"
      "      - {authenticate: \"${A_TOKEN}\", on_error: \"${A_TOKEN}\"}\n"
      "      - {resolve: {use: \"${my_secret}\", item: \"${A_TOKEN}\"}}\n"
      "      - \"${my_secret}\"\n";

  const auto faults = FaultsOf(yaml, environment);

  EXPECT_NE(faults.find("c.yaml:3: /log/level: want `trace`, `debug`, `info`, `warning` or `error`, found a secret "
                        "value\n"),
            std::string::npos);
  EXPECT_EQ(std::count(faults.begin(), faults.end(), '\n'), 29) << faults;
  EXPECT_EQ(faults.find("hunter"), std::string::npos) << faults;
}

TEST(LoadPathFaultsTest, NamesTheFileThatCannotBeRead) {
  const TemporaryFolder folder;
  Faults faults;
  Load(folder.Path("none.yaml"), FakeEnvironment(), faults);
  EXPECT_EQ(faults.Text(), folder.Path("none.yaml") + ": No such file or directory\n");

  Faults of_folder;
  Load(folder.Path(), FakeEnvironment(), of_folder);
  EXPECT_EQ(of_folder.Text(), folder.Path() + ": holds no *.yaml file\n");

  std::filesystem::create_directory(folder.Path("sub.yaml"));
  Faults of_sub;
  Load(folder.Path(), FakeEnvironment(), of_sub);
  EXPECT_EQ(of_sub.Text(), folder.Path("sub.yaml") + ": is a directory\n");
}

TEST(LoadPathFaultsTest, RefusesAFileWithoutEnd) {
  Faults faults;
  Load("/dev/zero", FakeEnvironment(), faults);
  EXPECT_EQ(faults.Text(), "/dev/zero: is no regular file\n");
}

TEST(LoadPathFaultsTest, ReportsWhatIsDefinedInTwoFilesOfAFolder) {
  const TemporaryFolder folder;
  const auto a = folder.Write("a.yaml",
                              "version: 1\nlisteners: {main: {address: \":0\"}}\nlog: {level: info}\n"
                              "components:\n  x: {kind: endpoint, type: y}\n"
                              "pipelines:\n  p: {steps: [{serve: x}]}\n");
  const auto b = folder.Write("b.yaml",
                              "version: 1\nlisteners: {main: {address: \":0\"}}\nlog: {level: debug}\n"
                              "components: {x: {kind: auth, type: y}}\n\npipelines: {p: {steps: [{serve: x}]}}\n");
  const auto c = folder.Write("c.yaml", "version: 2\n");
  Faults faults;

  Load(folder.Path(), FakeEnvironment(), faults);

  EXPECT_EQ(faults.Text(), b + ":2: /listeners/main: `main` is defined twice, first at " + a + ":2\n" +  //
                               b + ":3: /log/level: `level` is defined twice, first at " + a + ":3\n" +  //
                               b + ":4: /components/x: `x` is defined twice, first at " + a + ":5\n" +   //
                               b + ":6: /pipelines/p: `p` is defined twice, first at " + a + ":7\n" +    //
                               c + ":1: /version: want 1, found 2\n");
}

}  // namespace
}  // namespace sluice::config
