// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TestConfig: a component's configuration for tests, checked and completed by the component's own schema.

#include <sluice/sdk/config.hpp>
#include <sluice/sdk/testing/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace sluice::sdk::testing {

/// Values by JSON Pointer, `{{"/hash", kHash}, {"/size_bytes", 700}, {"/tags/0", "a"}}`, or JSON text. Values have
/// types: "700" is a string and no integer.
class TestConfig {
 public:
  TestConfig() = default;
  TestConfig(std::initializer_list<std::pair<std::string_view, Json>> values) {
    for (const auto& [pointer, value] : values) document_.Make(pointer) = value;
  }
  /// JSON text. A fault in it is reported by CreateThroughAbi.
  TestConfig(const char* json) : TestConfig(std::string_view(json)) {}  // NOLINT(google-explicit-constructor)
  TestConfig(std::string_view json) {                                   // NOLINT(google-explicit-constructor)
    auto parsed = Json::Parse(json);
    if (parsed)
      document_ = *std::move(parsed);
    else
      fault_ = parsed.error();
  }

  /// The same with one more value.
  TestConfig With(std::string_view pointer, Json value) const {
    auto copy = *this;
    copy.document_.Make(pointer) = std::move(value);
    return copy;
  }
  /// As it stands; with defaults once Complete has answered OK.
  const Json& document() const { return document_; }

  /// What the server does before it makes an instance: checks the configuration and fills in defaults.
  /// Knows type, properties, required, additionalProperties, items, enum, minimum, maximum, minItems, maxItems,
  /// minLength and default; `pattern` is left to the server.
  /// \returns  kInvalidArgument with the first fault: "/size_bytes: want integer".
  Status Complete(std::string_view schema) {
    if (!fault_) return fault_;
    auto parsed = Json::Parse(schema);
    if (!parsed) return Error{.code = Errc::kInvalidArgument, .message = "schema: " + parsed.error().message};
    return Check(*parsed, document_, "");
  }

 private:
  static Error Fault(const std::string& pointer, const std::string& message) {
    return {.code = Errc::kInvalidArgument, .message = (pointer.empty() ? "/" : pointer) + ": " + message};
  }
  static bool Fits(const Json& value, std::string_view type) {
    static constexpr std::pair<std::string_view, sluice_config_type> kTypes[] = {
        {"null", SLUICE_CONFIG_NULL},     {"boolean", SLUICE_CONFIG_BOOLEAN}, {"integer", SLUICE_CONFIG_INTEGER},
        {"number", SLUICE_CONFIG_NUMBER}, {"string", SLUICE_CONFIG_STRING},   {"array", SLUICE_CONFIG_ARRAY},
        {"object", SLUICE_CONFIG_OBJECT}};
    if (type == "number" && value.is(SLUICE_CONFIG_INTEGER)) return true;
    for (const auto& [name, wanted] : kTypes)
      if (name == type) return value.is(wanted);
    return false;
  }
  static Status Check(const Json& schema, Json& value, const std::string& pointer) {
    if (const auto* type = schema.Member("type"); type != nullptr && !Fits(value, type->text()))
      return Fault(pointer, "want " + type->text());
    if (const auto* allowed = schema.Member("enum")) {
      bool found = false;
      for (std::size_t i = 0; i < allowed->size(); ++i) found = found || (*allowed)[i].Dump() == value.Dump();
      if (!found) return Fault(pointer, "want one of " + allowed->Dump());
    }
    if (auto bounds = CheckBounds(schema, value, pointer); !bounds) return bounds;
    if (value.is(SLUICE_CONFIG_OBJECT)) return CheckMembers(schema, value, pointer);
    const auto* items = schema.Member("items");
    for (std::size_t i = 0; items != nullptr && value.is(SLUICE_CONFIG_ARRAY) && i < value.size(); ++i)
      if (auto element = Check(*items, value[i], pointer + "/" + std::to_string(i)); !element) return element;
    return Ok();
  }
  static std::size_t Characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  static Status CheckBounds(const Json& schema, const Json& value, const std::string& pointer) {
    const bool number = value.is(SLUICE_CONFIG_INTEGER) || value.is(SLUICE_CONFIG_NUMBER);
    const auto broken = [&](const char* key, bool applies, double measure, bool least) {
      const auto* bound = schema.Member(key);
      return applies && bound != nullptr && (least ? measure < bound->number() : measure > bound->number());
    };
    const auto size = static_cast<double>(value.is(SLUICE_CONFIG_STRING) ? Characters(value.text()) : value.size());
    const bool list = value.is(SLUICE_CONFIG_ARRAY);
    for (const auto& [key, applies, measure, least] :
         {std::tuple("minimum", number, value.number(), true), std::tuple("maximum", number, value.number(), false),
          std::tuple("minItems", list, size, true), std::tuple("maxItems", list, size, false),
          std::tuple("minLength", value.is(SLUICE_CONFIG_STRING), size, true)})
      if (broken(key, applies, measure, least))
        return Fault(pointer, std::string("want ") + key + " " + schema.Member(key)->Dump());
    return Ok();
  }
  static Status CheckMembers(const Json& schema, Json& value, const std::string& pointer) {
    const Json none = Json::Object();
    const auto* given = schema.Member("properties");
    const Json& properties = given != nullptr ? *given : none;
    for (std::size_t i = 0; i < properties.size(); ++i)
      if (const auto* preset = properties[i].Member("default"); preset != nullptr && !value.Member(properties.key(i)))
        value[properties.key(i)] = *preset;
    const auto* required = schema.Member("required");
    for (std::size_t i = 0; required != nullptr && i < required->size(); ++i)
      if (!value.Member((*required)[i].text())) return Fault(pointer + "/" + (*required)[i].text(), "is required");
    const auto* additional = schema.Member("additionalProperties");
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto* property = properties.Member(value.key(i));
      if (property == nullptr && additional != nullptr && additional->is(SLUICE_CONFIG_OBJECT)) property = additional;
      if (property == nullptr && additional != nullptr && additional->is(SLUICE_CONFIG_BOOLEAN) &&
          !additional->boolean())
        return Fault(pointer + "/" + value.key(i), "unknown key");
      if (property == nullptr) continue;
      if (auto member = Check(*property, value[i], pointer + "/" + value.key(i)); !member) return member;
    }
    return Ok();
  }

  Json document_ = Json::Object();
  Status fault_;
};

/// A document as the C table that `create` reads.
class ConfigTable {
 public:
  explicit ConfigTable(Json document) : document_(std::move(document)), text_(document_.Dump()) {
    table_ = {.struct_size = sizeof table_,
              .reserved = 0,
              .ctx = &document_,
              .json = {text_.data(), text_.size()},
              .type = GetType,
              .get_bool = GetBool,
              .get_int = GetInt,
              .get_double = GetDouble,
              .get_string = GetString,
              .size = [](const sluice_config* c, sluice_str p) { return At(c, p) ? At(c, p)->size() : std::size_t{0}; },
              .get_key = GetKey};
  }
  ConfigTable(const ConfigTable&) = delete;
  ConfigTable& operator=(const ConfigTable&) = delete;

  const sluice_config& abi() const { return table_; }

 private:
  static const Json* At(const sluice_config* config, sluice_str pointer) {
    return static_cast<const Json*>(config->ctx)->Find({pointer.data, pointer.size});
  }
  static sluice_config_type GetType(const sluice_config* config, sluice_str pointer) {
    const auto* value = At(config, pointer);
    if (value == nullptr) return SLUICE_CONFIG_ABSENT;
    return value->type();
  }
  static std::uint32_t GetBool(const sluice_config* config, sluice_str pointer, std::uint32_t* out) {
    const auto* value = At(config, pointer);
    if (value == nullptr || !value->is(SLUICE_CONFIG_BOOLEAN)) return 0;
    *out = value->boolean() ? 1 : 0;
    return 1;
  }
  static std::uint32_t GetInt(const sluice_config* config, sluice_str pointer, std::int64_t* out) {
    const auto* value = At(config, pointer);
    if (value == nullptr || !value->is(SLUICE_CONFIG_INTEGER)) return 0;
    *out = value->integer();
    return 1;
  }
  static std::uint32_t GetDouble(const sluice_config* config, sluice_str pointer, double* out) {
    const auto* value = At(config, pointer);
    if (value == nullptr || !(value->is(SLUICE_CONFIG_INTEGER) || value->is(SLUICE_CONFIG_NUMBER))) return 0;
    *out = value->number();
    return 1;
  }
  static std::uint32_t GetString(const sluice_config* config, sluice_str pointer, sluice_str* out) {
    const auto* value = At(config, pointer);
    if (value == nullptr || !value->is(SLUICE_CONFIG_STRING)) return 0;
    *out = {value->text().data(), value->text().size()};
    return 1;
  }
  static std::uint32_t GetKey(const sluice_config* config, sluice_str pointer, std::size_t index, sluice_str* out) {
    const auto* value = At(config, pointer);
    if (value == nullptr || !value->is(SLUICE_CONFIG_OBJECT) || index >= value->size()) return 0;
    *out = {value->key(index).data(), value->key(index).size()};
    return 1;
  }

  Json document_;
  std::string text_;
  sluice_config table_{};
};

}  // namespace sluice::sdk::testing
