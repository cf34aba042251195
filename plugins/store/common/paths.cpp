// SPDX-License-Identifier: MIT
#include "store/common/paths.hpp"

#include <algorithm>
#include <cstddef>
#include <sluice/sdk/text.hpp>

namespace sluice::plugins::store {
namespace {

constexpr std::size_t kMaxNameBytes = 1024;

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

RootedPath StripRoot(std::string_view name) {
  while (name.starts_with('/')) name.remove_prefix(1);
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return {.root = {}, .path = name};
  return {.root = name.substr(0, slash), .path = name.substr(slash + 1)};
}

std::string SafePath(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto part = sdk::TakeUpTo(path, '/');
    if (part.empty() || part == "." || part == "..") continue;
    if (!out.empty()) out += '/';
    std::transform(part.begin(), part.end(), std::back_inserter(out),
                   [](char c) { return IsControl(c) || c == '\\' ? '_' : c; });
  }
  return out.empty() ? "file" : out;
}

std::string SafeName(std::string_view text) {
  if (text.size() > kMaxNameBytes) {
    auto end = kMaxNameBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // within a UTF-8 sequence
    text = text.substr(0, end);
  }
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return !IsControl(c); });
  return out;
}

std::string TorrentName(std::string_view first_file, std::string_view own_name) {
  const auto root = StripRoot(first_file).root;
  return SafeName(root.empty() ? own_name : root);
}

}  // namespace sluice::plugins::store
