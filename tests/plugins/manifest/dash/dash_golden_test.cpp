// SPDX-License-Identifier: MIT
// One pair of files per place where an MPD has URLs, and per oddity. SLUICE_UPDATE_GOLDEN=1 writes the expected files
// anew: read the difference before committing it.
#include <gtest/gtest.h>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInput = ".in.mpd";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SLUICE_DASH_GOLDEN)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(kInput)) names.push_back(name.substr(0, name.size() - kInput.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

class DashGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(DashGoldenTest, RewritesAsTheFileSays) {
  const fs::path stem = fs::path(SLUICE_DASH_GOLDEN) / GetParam();
  const auto input = ReadFile(stem.string() + std::string(kInput));
  const fs::path expected = stem.string() + ".out.mpd";

  const auto out = Rewrite(input);

  ASSERT_TRUE(out) << out.error().message;
  if (std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << out->text;
  EXPECT_EQ(out->text, ReadFile(expected));
}

INSTANTIATE_TEST_SUITE_P(All, DashGoldenTest, ::testing::ValuesIn(Names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace sluice::plugins::dash
