// SPDX-License-Identifier: MIT
#include "core/telemetry/log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::telemetry {
namespace {

std::vector<std::string>& Lines() {
  static std::vector<std::string> lines;
  return lines;
}

class LogTest : public testing::Test {
 protected:
  LogTest() {
    Lines().clear();
    SetLogSink([](std::string_view line) { Lines().emplace_back(line); });
  }
  ~LogTest() override {
    SetLogSink(nullptr);
    SetLogLevel(Level::kInfo);
  }
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  Log(Level::kWarning, "something \"odd\"\n", {{"path", "/a\tb\\c"}, {"bytes", std::string_view("\xFF\x01", 2)}});

  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_EQ(Lines()[0].back(), '\n');
  EXPECT_EQ(Lines()[0].find('\n'), Lines()[0].size() - 1);
  const auto parsed = nlohmann::json::parse(Lines()[0]);
  EXPECT_EQ(parsed["level"], "warning");
  EXPECT_EQ(parsed["message"], "something \"odd\"\n");
  EXPECT_EQ(parsed["path"], "/a\tb\\c");
  EXPECT_EQ(parsed["bytes"], "\xEF\xBF\xBD\x01");
  EXPECT_EQ(parsed["time"].get<std::string>().size(), std::string("2026-01-01T00:00:00.000Z").size());
}

TEST_F(LogTest, KeepsUtf8AndReplacesWhatIsNone) {
  Log(Level::kInfo, "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8E\xAC \xC0\xAF \xED");

  const auto parsed = nlohmann::json::parse(Lines().at(0));
  EXPECT_EQ(parsed["message"], "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8E\xAC \xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD");
}

TEST_F(LogTest, DropsLinesBelowTheLevel) {
  SetLogLevel(Level::kWarning);
  Log(Level::kInfo, "quiet");
  Log(Level::kWarning, "loud");

  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_NE(Lines()[0].find("loud"), std::string::npos);
}

TEST_F(LogTest, NeverShowsARegisteredSecret) {
  AddSecret("planted-secret-1");
  AddSecret("planted-secret-1-and-longer");
  AddSecret("short");
  Log(Level::kError, "key planted-secret-1-and-longer and planted-secret-1",
      {{"url", "http://h/?t=planted-secret-1&u"}});

  EXPECT_EQ(Lines().at(0).find("planted"), std::string::npos);
  EXPECT_NE(Lines().at(0).find("key *** and ***"), std::string::npos);
  EXPECT_NE(Lines().at(0).find("http://h/?t=***&u"), std::string::npos);
  EXPECT_EQ(Redact("a short word"), "a short word");
}

}  // namespace
}  // namespace sluice::telemetry
