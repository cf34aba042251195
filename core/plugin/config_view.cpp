// SPDX-License-Identifier: MIT
#include "core/plugin/config_view.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <sluice/sdk/detail/convert.hpp>
#include <string_view>

namespace sluice::plugin {
namespace {

using Json = nlohmann::ordered_json;
using sdk::detail::BarrierOr;
using sdk::detail::Str;
using sdk::detail::View;

/// One reference token of a pointer with "~1" and "~0" resolved (RFC 6901 §4). \returns  false for another "~".
bool Unescape(std::string_view token, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
    out += token[i] == '0' ? '~' : '/';
  }
  return true;
}

const Json* Element(const Json& array, std::string_view token) {
  const bool leading_zero = token.size() > 1 && token.front() == '0';
  std::size_t index = 0;
  const auto [end, fault] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (token.empty() || leading_zero || fault != std::errc() || end != token.data() + token.size()) return nullptr;
  return index < array.size() ? &array[index] : nullptr;
}

const Json* Walk(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  std::string key;
  while (!pointer.empty() && at != nullptr) {
    if (pointer.front() != '/') return nullptr;
    const auto end = std::min(pointer.find('/', 1), pointer.size());
    const auto token = pointer.substr(1, end - 1);
    pointer.remove_prefix(end);
    if (!Unescape(token, key)) return nullptr;
    if (at->is_object()) {
      const auto found = at->find(key);
      at = found == at->end() ? nullptr : &*found;
    } else {
      at = at->is_array() ? Element(*at, key) : nullptr;
    }
  }
  return at;
}

const Json* Find(const sluice_config* config, sluice_str pointer) {
  return Walk(*static_cast<const Json*>(config->ctx), View(pointer));
}

/// Runs `read` on what stands at `pointer`; 0 when nothing does.
template <typename T, typename F>
T Get(const sluice_config* config, sluice_str pointer, F&& read) noexcept {
  return BarrierOr(T{}, [&] {
    const Json* value = Find(config, pointer);
    return value == nullptr ? T{} : static_cast<T>(read(*value));
  });
}

sluice_config_type TypeOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return SLUICE_CONFIG_NULL;
    case Json::value_t::boolean:
      return SLUICE_CONFIG_BOOLEAN;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return SLUICE_CONFIG_INTEGER;
    case Json::value_t::number_float:
      return SLUICE_CONFIG_NUMBER;
    case Json::value_t::string:
      return SLUICE_CONFIG_STRING;
    case Json::value_t::array:
      return SLUICE_CONFIG_ARRAY;
    case Json::value_t::object:
      return SLUICE_CONFIG_OBJECT;
    default:
      return SLUICE_CONFIG_ABSENT;
  }
}

bool ReadInt(const Json& value, std::int64_t* out) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return false;
  }
  *out = value.get<std::int64_t>();
  return true;
}

sluice_config Table(const Json& document, const std::string& text) {
  return {.struct_size = sizeof(sluice_config),
          .reserved = 0,
          .ctx = &document,
          .json = Str(text),
          .type = [](const sluice_config* config, sluice_str pointer) -> sluice_config_type {
            return Get<sluice_config_type>(config, pointer, TypeOf);
          },
          .get_bool = [](const sluice_config* config, sluice_str pointer, uint32_t* out) -> uint32_t {
            return Get<uint32_t>(config, pointer, [&](const Json& value) {
              if (value.is_boolean()) *out = value.get<bool>() ? 1 : 0;
              return value.is_boolean();
            });
          },
          .get_int = [](const sluice_config* config, sluice_str pointer, int64_t* out) -> uint32_t {
            return Get<uint32_t>(config, pointer, [&](const Json& value) { return ReadInt(value, out); });
          },
          .get_double = [](const sluice_config* config, sluice_str pointer, double* out) -> uint32_t {
            return Get<uint32_t>(config, pointer, [&](const Json& value) {
              if (value.is_number()) *out = value.get<double>();
              return value.is_number();
            });
          },
          .get_string = [](const sluice_config* config, sluice_str pointer, sluice_str* out) -> uint32_t {
            return Get<uint32_t>(config, pointer, [&](const Json& value) {
              if (value.is_string()) *out = Str(value.get_ref<const std::string&>());
              return value.is_string();
            });
          },
          .size = [](const sluice_config* config, sluice_str pointer) -> size_t {
            return Get<size_t>(config, pointer,
                               [](const Json& value) { return value.is_structured() ? value.size() : 0; });
          },
          .get_key = [](const sluice_config* config, sluice_str pointer, size_t index, sluice_str* out) -> uint32_t {
            return Get<uint32_t>(config, pointer, [&](const Json& value) {
              if (!value.is_object() || index >= value.size()) return false;
              *out = Str(std::next(value.begin(), static_cast<std::ptrdiff_t>(index)).key());
              return true;
            });
          }};
}

}  // namespace

ConfigView::ConfigView(const nlohmann::ordered_json& document)
    : text_(document.dump(-1, ' ', false, Json::error_handler_t::replace)), abi_(Table(document, text_)) {}

}  // namespace sluice::plugin
