// SPDX-License-Identifier: MIT
#include "common/titles/extensions.hpp"

#include <algorithm>
#include <iterator>
#include <sluice/sdk/text.hpp>

#include "common/titles/words.hpp"

namespace sluice::plugins::titles {
namespace {

constexpr std::string_view kVideo[] = {"3g2", "3gp",  "amv",  "asf", "avi", "drc",  "f4a",  "f4b", "f4p", "f4v", "flv",
                                       "gif", "gifv", "m2ts", "m2v", "m4p", "m4v",  "mk3d", "mkv", "mng", "mov", "mp2",
                                       "mp4", "mpe",  "mpeg", "mpg", "mpv", "mxf",  "nsv",  "ogg", "ogm", "ogv", "qt",
                                       "rm",  "rmvb", "roq",  "svi", "ts",  "webm", "wmv",  "yuv"};
constexpr std::string_view kCompanions[] = {"srt",  "ass", "ssa", "sub", "idx", "vtt", "sup", "nfo", "txt", "jpg",
                                            "jpeg", "png", "rar", "zip", "7z",  "iso", "mka", "mks", "sfv", "xml"};

}  // namespace

std::string ExtensionOf(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot > 6 || dot + 1 == name.size()) return {};
  const auto extension = name.substr(dot + 1);
  if (!std::ranges::all_of(extension, IsWordOctet)) return {};
  return sdk::LowerCase(extension);
}

bool IsVideoExtension(std::string_view extension) { return std::ranges::find(kVideo, extension) != std::end(kVideo); }

bool IsCompanionExtension(std::string_view extension) {
  return std::ranges::find(kCompanions, extension) != std::end(kCompanions);
}

}  // namespace sluice::plugins::titles
