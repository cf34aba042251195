// SPDX-License-Identifier: MIT
#include "store/common/json.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace sluice::plugins::store {
namespace {

constexpr int kMaxDepth = 64;
constexpr double kTooLarge = 18446744073709551616.0;  // 2^64

/// A few octets of "[" would otherwise become many of memory.
bool IsShallow(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == ']' || c == '}') --depth;
    if ((c == '[' || c == '{') && ++depth > kMaxDepth) return false;
  }
  return true;
}

}  // namespace

std::optional<Json> ParseJson(std::string_view text) {
  if (!IsShallow(text)) return std::nullopt;
  auto document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

const Json* Member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string TextOf(const Json& object, const char* name) {
  const auto* const value = Member(object, name);
  if (value == nullptr) return {};
  if (const auto* const text = value->get_ptr<const std::string*>(); text != nullptr) return *text;
  if (value->is_number_unsigned()) return std::to_string(value->get<std::uint64_t>());
  if (value->is_number_integer()) return std::to_string(value->get<std::int64_t>());
  return {};
}

std::uint64_t UintOf(const Json& object, const char* name) {
  const auto* const value = Member(object, name);
  if (value == nullptr) return 0;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  if (value->is_number_float()) {
    const auto number = DoubleOf(object, name);
    return number < kTooLarge ? static_cast<std::uint64_t>(number) : 0;
  }
  const auto* const text = value->get_ptr<const std::string*>();
  if (text == nullptr) return 0;
  std::uint64_t number = 0;
  const auto* const end = text->data() + text->size();
  const auto [stop, fault] = std::from_chars(text->data(), end, number);
  return fault == std::errc() && stop == end ? number : 0;
}

double DoubleOf(const Json& object, const char* name) {
  const auto* const value = Member(object, name);
  if (value == nullptr) return 0;
  const auto number = value->is_number() ? value->get<double>() : static_cast<double>(UintOf(object, name));
  return std::isfinite(number) && number > 0 ? number : 0;
}

bool BoolOf(const Json& object, const char* name) {
  const auto* const value = Member(object, name);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  return value->is_number() ? UintOf(object, name) == 1 : TextOf(object, name) == "true";
}

std::string Dump(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace sluice::plugins::store
