// SPDX-License-Identifier: MIT
#include "store/common/videos.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>

namespace sluice::plugins::store {
namespace {

constexpr auto kExtensions = std::to_array<std::string_view>(
    {"3g2", "3gp", "amv", "asf",  "avi", "drc", "f4a",  "f4b", "f4p", "f4v", "flv",  "gif", "gifv", "m2ts",
     "m2v", "m4p", "m4v", "mk3d", "mkv", "mng", "mov",  "mp2", "mp4", "mpe", "mpeg", "mpg", "mpv",  "mxf",
     "nsv", "ogg", "ogm", "ogv",  "qt",  "rm",  "rmvb", "roq", "svi", "ts",  "webm", "wmv", "yuv"});

}  // namespace

bool IsVideo(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto extension = sdk::LowerCase(name.substr(dot + 1));
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace sluice::plugins::store
