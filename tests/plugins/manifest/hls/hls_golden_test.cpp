// SPDX-License-Identifier: MIT
// One pair of files per tag and per oddity met in the wild. SLUICE_UPDATE_GOLDEN=1 writes the expected files anew:
// read the difference before committing it.
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

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "readable_minter.hpp"

namespace sluice::plugins::hls {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInput = ".in.m3u8";
constexpr std::string_view kGoldenBase = "https://origin.example/show/42/index.m3u8?v=1&token=s%2Fe+t";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SLUICE_HLS_GOLDEN)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(kInput)) names.push_back(name.substr(0, name.size() - kInput.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

class HlsGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(HlsGoldenTest, RewritesAsTheFileSays) {
  const fs::path stem = fs::path(SLUICE_HLS_GOLDEN) / GetParam();
  const auto input = ReadFile(stem.string() + std::string(kInput));
  const fs::path expected = stem.string() + ".out.m3u8";
  const auto note = ReadFile(stem.string() + ".note");  // empty: the viewer came by no link
  ReadableMinter links;

  const auto rewriter = sdk::testing::CreateThroughAbi<HlsRewriter>({{"/allow_insecure_segments", true}});
  ASSERT_TRUE(rewriter) << rewriter.error().message;

  const auto out = (*rewriter)->Rewrite(
      sdk::testing::AnyCall(), {.text = input, .base_url = kGoldenBase, .content_type = {}, .note = note}, links);

  ASSERT_TRUE(out) << out.error().message;
  if (std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << out->text;
  EXPECT_EQ(out->text, ReadFile(expected));
}

INSTANTIATE_TEST_SUITE_P(All, HlsGoldenTest, ::testing::ValuesIn(Names()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace sluice::plugins::hls
