// SPDX-License-Identifier: MIT
#include "core/config/wording.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>

namespace sluice::config {
namespace {

constexpr std::size_t kMostListed = 20;
constexpr std::size_t kMostCompared = 2000;
constexpr std::size_t kLongestCompared = 64;

/// Edits between two words, an exchange of neighbours counted as one.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::array<std::size_t, kLongestCompared + 1>> rows(a.size() + 1);
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::string Printable(std::string_view text, std::size_t max) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    const auto size = sdk::Utf8Size(text);
    if (out.size() + size > max) return out + "…";
    const auto octet = static_cast<std::uint8_t>(text.front());
    if (octet == '\n') {
      out += "\\n";
    } else if (size == 0 || octet < 0x20 || octet == 0x7F) {
      out += {'\\', 'x', kHex[octet >> 4], kHex[octet & 15]};
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string Ticked(std::string_view name) { return "`" + Printable(name) + "`"; }

std::string Describe(const Json& value, bool secret) {
  if (value.is_null()) return "nothing";
  if (value.is_array()) return "a list";
  if (value.is_object()) return "a map";
  if (secret) return "a secret value";
  if (value.is_string()) return "\"" + Printable(value.get_ref<const std::string&>()) + "\"";
  return value.dump();
}

std::string Listed(std::span<const std::string> names, std::string_view last) {
  const auto shown = std::min(names.size(), kMostListed);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == names.size() ? " " + std::string(last) + " " : ", ";
    text += Ticked(names[i]);
  }
  if (names.size() > shown) text += " " + std::string(last) + " " + std::to_string(names.size() - shown) + " more";
  return text;
}

std::string OneOf(std::span<const std::string> names) { return Listed(names, "or"); }

std::string Nearest(std::string_view name, std::span<const std::string> known) {
  if (name.size() > kLongestCompared || known.size() > kMostCompared) return {};
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto& candidate : known) {
    if (candidate.size() > kLongestCompared) continue;
    const auto apart = Distance(name, candidate);
    if (apart < least && apart < candidate.size()) {
      least = apart;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? std::string() : *nearest;
}

std::string UnknownKey(std::string_view key, std::span<const std::string> known) {
  const auto text = "unknown key " + Ticked(key);
  const auto nearest = Nearest(key, known);
  if (!nearest.empty()) return text + "; did you mean " + Ticked(nearest) + "?";
  if (known.empty()) return text + "; no keys are known here";
  return text + "; known here: " + Listed(known);
}

std::string Child(std::string_view key) {
  std::string out = "/";
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Child(std::size_t index) { return "/" + std::to_string(index); }

bool IsUtf8(std::string_view text, int* line) {
  int lines = 1;
  while (!text.empty()) {
    const auto size = sdk::Utf8Size(text);
    if (size == 0) {
      if (line != nullptr) *line = lines;
      return false;
    }
    if (text.front() == '\n') ++lines;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace sluice::config
