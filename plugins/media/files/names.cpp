// SPDX-License-Identifier: MIT
#include "names.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::files {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes the run of digits at the front, without leading zeros.
std::string_view TakeNumber(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsDigit);
  auto number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

int CompareNumbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

}  // namespace

bool NaturalLess(std::string_view a, std::string_view b) {
  auto left = a;
  auto right = b;
  while (!left.empty() && !right.empty()) {
    if (IsDigit(left.front()) && IsDigit(right.front())) {
      const int order = CompareNumbers(TakeNumber(left), TakeNumber(right));
      if (order != 0) return order < 0;
      continue;
    }
    const auto l = static_cast<unsigned char>(sdk::LowerLetter(left.front()));
    const auto r = static_cast<unsigned char>(sdk::LowerLetter(right.front()));
    if (l != r) return l < r;
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  if (left.empty() != right.empty()) return left.empty();
  return a < b;
}

std::string ExtensionOf(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  return sdk::LowerCase(name.substr(dot + 1));
}

std::string_view KindOf(std::string_view extension) {
  constexpr std::string_view kAudio[] = {"aac", "aif", "aiff", "alac", "flac", "m4a",  "m4b", "mka",
                                         "mp3", "oga", "ogg",  "opus", "wav",  "weba", "wma"};
  return std::find(std::begin(kAudio), std::end(kAudio), extension) != std::end(kAudio) ? "audio" : "video";
}

bool IsPresentable(std::string_view name) {
  while (!name.empty()) {
    const auto c = static_cast<unsigned char>(name.front());
    if (c < 0x20 || c == 0x7f || c == '\\') return false;
    const auto length = sdk::Utf8Size(name);
    if (length == 0) return false;
    name.remove_prefix(length);
  }
  return true;
}

std::string ToFileUrl(std::string_view path) {
  std::string url = "file://";
  for (const char c : path) {
    if (c == '/') {
      url.push_back(c);
    } else {
      url += sdk::PercentEncode({&c, 1});
    }
  }
  return url;
}

std::optional<std::string> FromFileUrl(std::string_view text) {
  const auto url = sdk::ParseUrl(text);
  if (!url || !url->Is("file") || !(url->host_port.empty() || url->host_port == "localhost")) return std::nullopt;
  auto path = sdk::PercentDecode(url->path);
  if (!path || path->empty() || path->front() != '/') return std::nullopt;
  return std::move(*path);
}

}  // namespace sluice::plugins::files
