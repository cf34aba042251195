// SPDX-License-Identifier: MIT
// One pair of files per row of the mapping from DASH to HLS. An expected file holds the multivariant playlist and every
// media playlist that it leads to. SLUICE_UPDATE_GOLDEN=1 writes them anew: read the difference before committing it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "converting.hpp"
#include "tests/plugins/common/init_boxes.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInput = ".mpd";

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SLUICE_DASH_TO_HLS_GOLDEN)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(kInput)) names.push_back(name.substr(0, name.size() - kInput.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The links readable, and short.
std::string Shown(std::string text) {
  const std::pair<std::string_view, std::string_view> kShort[] = {
      {"%3A", ":"}, {"%2F", "/"}, {"%2C", ","}, {"%25", "%"}, {"https://origin.example/show/", "./"}};
  for (const auto& [from, to] : kShort)
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  // Which MPD it is, does not tell renditions apart.
  for (auto at = text.find("dash-to-hls:"); at != std::string::npos; at = text.find("dash-to-hls:", at + 1)) {
    const auto end = std::min(text.find_first_of("\"\n", at), text.size());
    text.erase(end - 33, 33);
  }
  return text;
}

class DashToHlsGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(DashToHlsGoldenTest, ConvertsAsTheFileSays) {
  const fs::path stem = fs::path(SLUICE_DASH_TO_HLS_GOLDEN) / GetParam();
  const auto input = ReadFile(stem.string() + std::string(kInput));
  const fs::path expected = stem.string() + ".m3u8";
  Converter converter;
  // Of the MPDs that name no codecs.
  converter.references.Hold(
      "https://origin.example/show/1/i.mp4",
      isobmff::InitWith(isobmff::TrackOf(
          "vide", isobmff::VideoEntry("encv", isobmff::AvcConfiguration() + isobmff::SinfOf("avc1")))));

  const auto multivariant = converter.Text(input);
  auto shown = Shown(multivariant);
  for (const auto& note : Converter::NotesIn(multivariant))
    shown += "\n---- " + Shown(note) + "\n" + Shown(converter.Text(input, note));

  if (std::getenv("SLUICE_UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << shown;
  EXPECT_EQ(shown, ReadFile(expected));
}

INSTANTIATE_TEST_SUITE_P(All, DashToHlsGoldenTest, ::testing::ValuesIn(Names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
