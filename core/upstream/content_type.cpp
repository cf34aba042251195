// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "core/upstream/file.hpp"

namespace sluice::upstream {
namespace {

struct TypeOf {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array kTypes = {
    TypeOf{"aac", "audio/aac"},
    TypeOf{"avi", "video/x-msvideo"},
    TypeOf{"cmfa", "audio/mp4"},
    TypeOf{"cmfv", "video/mp4"},
    TypeOf{"css", "text/css; charset=utf-8"},
    TypeOf{"flac", "audio/flac"},
    TypeOf{"gif", "image/gif"},
    TypeOf{"htm", "text/html; charset=utf-8"},
    TypeOf{"html", "text/html; charset=utf-8"},
    TypeOf{"ico", "image/x-icon"},
    TypeOf{"jpeg", "image/jpeg"},
    TypeOf{"jpg", "image/jpeg"},
    TypeOf{"js", "text/javascript; charset=utf-8"},
    TypeOf{"json", "application/json"},
    TypeOf{"m3u8", "application/vnd.apple.mpegurl"},
    TypeOf{"m4a", "audio/mp4"},
    TypeOf{"m4s", "video/iso.segment"},
    TypeOf{"m4v", "video/x-m4v"},
    TypeOf{"mkv", "video/x-matroska"},
    TypeOf{"mjs", "text/javascript; charset=utf-8"},
    TypeOf{"mov", "video/quicktime"},
    TypeOf{"mp3", "audio/mpeg"},
    TypeOf{"mp4", "video/mp4"},
    TypeOf{"mpd", "application/dash+xml"},
    TypeOf{"oga", "audio/ogg"},
    TypeOf{"ogg", "audio/ogg"},
    TypeOf{"ogv", "video/ogg"},
    TypeOf{"opus", "audio/ogg"},
    TypeOf{"png", "image/png"},
    TypeOf{"srt", "application/x-subrip"},
    TypeOf{"svg", "image/svg+xml"},
    TypeOf{"ts", "video/mp2t"},
    TypeOf{"txt", "text/plain; charset=utf-8"},
    TypeOf{"vtt", "text/vtt; charset=utf-8"},
    TypeOf{"wav", "audio/wav"},
    TypeOf{"webm", "video/webm"},
    TypeOf{"webp", "image/webp"},
    TypeOf{"woff2", "font/woff2"},
};

bool SameExtension(std::string_view extension, std::string_view lower) {
  return std::equal(extension.begin(), extension.end(), lower.begin(), lower.end(), [](char given, char wanted) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given) == wanted;
  });
}

}  // namespace

std::string_view ContentTypeOf(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return "application/octet-stream";
  const auto extension = name.substr(dot + 1);
  for (const auto& known : kTypes) {
    if (SameExtension(extension, known.extension)) return known.type;
  }
  return "application/octet-stream";
}

}  // namespace sluice::upstream
