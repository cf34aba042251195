// SPDX-License-Identifier: MIT
#include "resolver/common/path_check.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace sluice::plugins::resolver {
namespace {

constexpr int kMaxEncodings = 4;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<char> EscapeAt(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return std::nullopt;
  const int high = HexValue(text[at + 1]);
  const int low = HexValue(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

bool HasBrokenEscape(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (!EscapeAt(text, at)) return true;
  }
  return false;
}

/// Decodes once; what is no escape stays.
std::string Decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto octet = EscapeAt(text, at)) {
      out.push_back(*octet);
      at += 2;
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

bool IsControl(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7f;
}

/// 0xC0 and 0xC1 before a continuation octet spell an ASCII character in two octets: some decoders read "." or "/".
bool HasOverlong(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(text[at + 1]);
    if ((lead == 0xc0 || lead == 0xc1) && next >= 0x80 && next < 0xc0) return true;
  }
  return false;
}

bool HasDotSegment(std::string_view text) {
  while (true) {
    const auto slash = text.find('/');
    const auto segment = text.substr(0, slash);
    const auto name = segment.substr(0, segment.find(';'));  // "..;x" is ".." to servlet containers
    if (name == "." || name == "..") return true;
    if (slash == std::string_view::npos) return false;
    text.remove_prefix(slash + 1);
  }
}

/// What must not stand at any depth of encoding.
sdk::Status CheckDecoded(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), IsControl)) return Invalid("the path has control characters; want none");
  if (text.find('\\') != std::string_view::npos) return Invalid("the path has a backslash; want none");
  if (HasOverlong(text)) return Invalid("the path has overlong UTF-8; want shortest form");
  if (HasDotSegment(text)) return Invalid("the path has dot segments; want none");
  return sdk::Ok();
}

}  // namespace

sdk::Status CheckPath(std::string_view path) {
  if (path.find_first_of(" ?#") != std::string_view::npos)
    return Invalid("the path has a space, \"?\" or \"#\"; want none");
  if (HasBrokenEscape(path)) return Invalid("the path has a broken escape; want two hex digits after each \"%\"");
  std::string text(path);
  for (int encodings = 0; encodings <= kMaxEncodings; ++encodings) {
    if (auto checked = CheckDecoded(text); !checked) return checked;
    auto decoded = Decode(text);
    if (decoded == text) return sdk::Ok();
    text = std::move(decoded);
  }
  return Invalid("the path is encoded over and over; want it encoded once");
}

}  // namespace sluice::plugins::resolver
