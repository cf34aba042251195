// SPDX-License-Identifier: MIT
#include "core/config/interpolate.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "tests/core/config/support.hpp"

namespace sluice::config {
namespace {

using testing::FakeEnvironment;
using testing::TemporaryFolder;

const auto kEnvironment = FakeEnvironment({{"HOST", "a.example"},
                                           {"EMPTY", ""},
                                           {"NAME", "HOST"},
                                           {"DOLLAR", "${HOST}$$"},
                                           {"API_KEY", "k"},
                                           {"BAD", "\xFF"}});

std::string Text(std::string_view text) {
  const auto result = Interpolate(text, kEnvironment);
  return result.errors.empty() ? result.text : "error: " + result.errors.front();
}

TEST(InterpolateTest, ReplacesVariables) {
  EXPECT_EQ(Text("plain"), "plain");
  EXPECT_EQ(Text("https://${HOST}/${HOST}"), "https://a.example/a.example");
  EXPECT_EQ(Text("${EMPTY}"), "");
}

TEST(InterpolateTest, LeavesDollarsThatStartNothing) {
  EXPECT_EQ(Text("^a$"), "^a$");
  EXPECT_EQ(Text("$HOST $"), "$HOST $");
  EXPECT_EQ(Text("$${HOST}"), "${HOST}");
  EXPECT_EQ(Text("$$$${HOST}$$"), "$${HOST}$");
}

TEST(InterpolateTest, DoesNotInterpolateWhatAVariableHolds) { EXPECT_EQ(Text("${DOLLAR}"), "${HOST}$$"); }

TEST(InterpolateTest, TakesTheDefaultOfWhatIsUnsetOrEmpty) {
  EXPECT_EQ(Text("${NONE:-x}"), "x");
  EXPECT_EQ(Text("${EMPTY:-x}"), "x");
  EXPECT_EQ(Text("${HOST:-x}"), "a.example");
  EXPECT_EQ(Text("${NONE:-}"), "");
  EXPECT_EQ(Text("${NONE:-http://localhost:3000}"), "http://localhost:3000");
}

TEST(InterpolateTest, NestsDefaults) {
  EXPECT_EQ(Text("${NONE:-${EMPTY:-x}}"), "x");
  EXPECT_EQ(Text("${NONE:-https://${HOST}/a}!"), "https://a.example/a!");
  EXPECT_EQ(Text("${HOST:-${NONE}}"), "a.example") << "a default that is not needed is not looked at";
  EXPECT_EQ(Text("${NONE:-a$$b}"), "a$b");
}

TEST(InterpolateTest, NamesWhatIsMissing) {
  EXPECT_EQ(Text("${NONE}"), "error: variable `NONE` is not set and has no default");
  EXPECT_EQ(Text("${EMPTY:-${NONE}}"), "error: variable `NONE` is not set and has no default");
  EXPECT_EQ(Text("${BAD}"), "error: variable `BAD` is not UTF-8");
  EXPECT_EQ(Interpolate("${A} ${B}", kEnvironment).errors.size(), 2u);
}

TEST(InterpolateTest, RefusesWhatItCannotRead) {
  EXPECT_EQ(Text("${HOST"), "error: `${` without its `}`; a plain dollar is written `$$`");
  EXPECT_EQ(Text("${HOST-x}"), "error: `${` without its `}`; a plain dollar is written `$$`");
  EXPECT_EQ(Text("${NONE:-${HOST}"), "error: `${` without its `}`; a plain dollar is written `$$`");
  const std::string name =
      "error: `${` wants NAME, NAME:-default or file:/path after it; a plain dollar is written `$$`";
  EXPECT_EQ(Text("${}"), name);
  EXPECT_EQ(Text("${1A}"), name);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "${A:-";
  EXPECT_EQ(Text(deep), "error: `${` is nested more than 16 deep");
}

TEST(InterpolateTest, KnowsSecretsByTheirNames) {
  EXPECT_TRUE(Interpolate("${API_KEY}", kEnvironment).secret);
  EXPECT_TRUE(Interpolate("${OTHER_TOKEN:-x}", kEnvironment).secret);
  EXPECT_TRUE(Interpolate("${HOST} ${NONE:-${API_KEY}}", kEnvironment).secret);
  EXPECT_FALSE(Interpolate("${HOST}", kEnvironment).secret);
  EXPECT_FALSE(Interpolate("${HOST:-${API_KEY}}", kEnvironment).secret) << "the secret took no part";
  EXPECT_TRUE(NamesSecret("db_password"));
  EXPECT_TRUE(NamesSecret("SECRET"));
  EXPECT_FALSE(NamesSecret("KEYS"));
}

TEST(InterpolateTest, ReadsSecretFilesWithoutTheirLastNewline) {
  const TemporaryFolder folder;
  const auto path = folder.Write("key", "line 1\nline 2\n\n");
  const auto dos = folder.Write("dos", "secret\r\n");

  const auto result = Interpolate("<${file:" + path + "}>", kEnvironment);

  EXPECT_EQ(result.text, "<line 1\nline 2\n>");
  EXPECT_TRUE(result.secret);
  EXPECT_EQ(Text("${file:" + dos + "}"), "secret");
  EXPECT_EQ(Interpolate("${file:${DIR:-" + folder.Path() + "}/dos}", kEnvironment).text, "secret");
}

TEST(InterpolateTest, SaysWhyAFileCannotBeRead) {
  const TemporaryFolder folder;
  const auto large = folder.Write("large", std::string(64 * 1024 + 1, 'x'));
  const auto binary = folder.Write("binary", "\xFF");
  ASSERT_EQ(::mkfifo(folder.Path("pipe").c_str(), 0600), 0);

  EXPECT_EQ(Text("${file:/nowhere/x}"), "error: file `/nowhere/x`: No such file or directory");
  EXPECT_EQ(Text("${file:/}"), "error: file `/`: is a directory");
  EXPECT_EQ(Text("${file:/dev/null}"), "error: file `/dev/null`: is no regular file");
  EXPECT_EQ(Text("${file:" + folder.Path("pipe") + "}"),
            "error: file `" + folder.Path("pipe") + "`: is no regular file");
  EXPECT_EQ(Text("${file:" + large + "}"), "error: file `" + large + "`: is larger than 64 KiB");
  EXPECT_EQ(Text("${file:" + binary + "}"), "error: file `" + binary + "` is not UTF-8");
}

TEST(InterpolateTest, GivesBackWhatWasEscaped) {
  for (const std::string text : {"$", "$$", "${HOST}", "a$b", "^x$", ""}) EXPECT_EQ(Text(EscapeDollars(text)), text);
}

TEST(EnvironmentTest, ReadsTheProcess) {
  ASSERT_EQ(::setenv("SLUICE_CONFIG_TEST", "here", 1), 0);
  EXPECT_EQ(ProcessEnvironment()("SLUICE_CONFIG_TEST"), "here");
  EXPECT_EQ(ProcessEnvironment()("SLUICE_CONFIG_TEST_NONE"), std::nullopt);
}

TEST(EnvFileTest, ReadsNamesQuotesAndComments) {
  const TemporaryFolder folder;
  const auto path = folder.Write(".env",
                                 "\xEF\xBB\xBF# a comment\n\nPLAIN=a b # comment\r\n  SPACED = x  \nexport EXPORTED=1\n"
                                 "HASH=a#b\nEMPTY=\nSINGLE='a $X \\n # b' # c\nDOUBLE=\"a\\n\\\"b\\\" \\\\ \\$ \\q\"\n"
                                 "EQUALS=a=b\nTWICE=1\nTWICE=2\nNO_END=x");
  Faults faults;

  const auto environment = WithEnvFile(path, FakeEnvironment({{"PLAIN", "under"}, {"UNDER", "u"}}), faults);

  EXPECT_EQ(faults.Text(), "");
  EXPECT_EQ(environment("PLAIN"), "a b");
  EXPECT_EQ(environment("SPACED"), "x");
  EXPECT_EQ(environment("EXPORTED"), "1");
  EXPECT_EQ(environment("HASH"), "a#b");
  EXPECT_EQ(environment("EMPTY"), "");
  EXPECT_EQ(environment("SINGLE"), "a $X \\n # b");
  EXPECT_EQ(environment("DOUBLE"), "a\n\"b\" \\ $ \\q");
  EXPECT_EQ(environment("EQUALS"), "a=b");
  EXPECT_EQ(environment("TWICE"), "2");
  EXPECT_EQ(environment("NO_END"), "x");
  EXPECT_EQ(environment("UNDER"), "u");
  EXPECT_EQ(environment("NONE"), std::nullopt);
}

TEST(EnvFileTest, ReportsLinesThatAreNoAssignment) {
  const TemporaryFolder folder;
  const auto path = folder.Write(".env", "A=1\nhunter2\n1A=x\nB=\"open\nC='a' b\n=x\n");
  Faults faults;

  WithEnvFile(path, FakeEnvironment(), faults);

  EXPECT_EQ(faults.Text(), path + ":2: want NAME=value; this line has no `=`\n" +                            //
                               path + ":3: want a name of letters, digits and `_` before the `=`\n" +        //
                               path + ":4: the value of `B` wants a closing quote and nothing after it\n" +  //
                               path + ":5: the value of `C` wants a closing quote and nothing after it\n" +  //
                               path + ":6: want a name of letters, digits and `_` before the `=`\n");
}

TEST(EnvFileTest, ReportsAFileThatCannotBeRead) {
  Faults faults;
  const auto environment = WithEnvFile("/nowhere/.env", FakeEnvironment({{"A", "1"}}), faults);
  EXPECT_EQ(faults.Text(), "/nowhere/.env: No such file or directory\n");
  EXPECT_EQ(environment("A"), "1");
}

}  // namespace
}  // namespace sluice::config
