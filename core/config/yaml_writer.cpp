// SPDX-License-Identifier: MIT
#include "core/config/yaml_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/config/interpolate.hpp"

namespace sluice::config {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Text that no YAML reader takes for anything else: a word that starts with a letter or "/".
bool IsPlain(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kWords = {"true", "false", "null", "yes", "no",
                                                             "on",   "off",   "y",    "n"};
  if (text.empty() || !(IsLetter(text.front()) || text.front() == '/')) return false;
  std::string lower(text);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsLetter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '/';
  });
}

std::string Quoted(const std::string& text) {
  return IsPlain(text) ? text : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// With a point, so that it reads back as a number.
std::string Real(double value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find('.') == std::string::npos) text.insert(std::min(text.find('e'), text.size()), ".0");
  return text;
}

std::string Scalar(const Json& value) {
  if (value.is_string()) return Quoted(EscapeDollars(value.get_ref<const std::string&>()));
  return value.is_number_float() ? Real(value.get<double>()) : value.dump();
}

/// Values that stand behind their key: scalars, empty maps, lists of scalars.
bool IsShort(const Json& value) {
  if (value.is_array()) return std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_primitive(); });
  return value.is_primitive() || value.empty();
}

std::string Short(const Json& value) {
  if (value.is_object()) return "{}";
  if (!value.is_array()) return Scalar(value);
  std::string text = "[";
  for (const auto& item : value) text += (text.size() > 1 ? ", " : "") + Scalar(item);
  return text + "]";
}

void WriteBlock(const Json& value, const std::string& indent, std::string& out);

/// What follows "key:" or "-".
void WriteValue(const Json& value, const std::string& indent, std::string& out) {
  if (IsShort(value)) {
    out += " " + Short(value) + "\n";
  } else {
    out += "\n";
    WriteBlock(value, indent + "  ", out);
  }
}

void WriteBlock(const Json& value, const std::string& indent, std::string& out) {
  if (value.is_array()) {
    for (const auto& item : value) {
      out += indent + "-";
      if (!item.is_object() || item.empty()) {
        WriteValue(item, indent, out);
        continue;
      }
      // The first key of a map stands behind the dash.
      std::string block;
      WriteBlock(item, indent + "  ", block);
      out += block.substr(indent.size() + 1);
    }
    return;
  }
  for (const auto& [key, member] : value.items()) {
    out += indent + Quoted(key) + ":";
    WriteValue(member, indent, out);
  }
}

}  // namespace

std::string WriteYaml(const Json& value) {
  std::string out;
  WriteBlock(value, "", out);
  return out;
}

}  // namespace sluice::config
