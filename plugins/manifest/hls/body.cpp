// SPDX-License-Identifier: MIT
#include "body.hpp"

#include <sluice/sdk/text.hpp>

namespace sluice::plugins::hls {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::string_view kFirstTag = "#EXTM3U";

}  // namespace

std::size_t BomSize(std::string_view text) { return text.starts_with(kBom) ? kBom.size() : 0; }

bool IsPlaylist(std::string_view text) { return sdk::TrimControls(text.substr(BomSize(text))).starts_with(kFirstTag); }

std::string_view DescribeBody(std::string_view text) {
  using namespace std::literals;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text.starts_with("#\0E\0"sv) ||
      text.starts_with("\0#\0E"sv))
    return "the body is UTF-16, want UTF-8";
  if (text.starts_with("\x1f\x8b")) return "the body is compressed (gzip)";
  const auto start = sdk::TrimControls(text.substr(BomSize(text)));
  if (start.empty()) return "the body is empty";
  if (start.front() == '<') return "the body is HTML or XML";
  if (start.starts_with(kFirstTag)) return "the body is a playlist";
  return {};
}

}  // namespace sluice::plugins::hls
