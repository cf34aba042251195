// SPDX-License-Identifier: MIT
#include <Poco/Exception.h>
#include <Poco/RegularExpression.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/config/schema.hpp"
#include "core/config/schema_rules.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t kDeepest = 32;
const std::vector<std::string> kTypes = {"object", "array", "string", "integer", "number", "boolean", "null"};
const std::vector<std::string> kKeywords = {"type",     "properties",  "required",  "additionalProperties",
                                            "items",    "enum",        "minimum",   "maximum",
                                            "minItems", "maxItems",    "minLength", "pattern",
                                            "default",  "description", "secret",    "component"};

/// Reads a schema for what it says wrong; stops at the first.
class Parser {
 public:
  explicit Parser(std::string& error) : error_(error) {}

  bool Check(const Json& schema, const std::string& pointer, std::size_t depth) {
    if (depth > kDeepest) return Wrong(pointer, "nested more than " + std::to_string(kDeepest) + " deep");
    if (!schema.is_object()) return Wrong(pointer, "want an object, found " + Describe(schema, false));
    for (const auto& [key, value] : schema.items()) {
      const auto at = pointer + Child(key);
      if (std::find(kKeywords.begin(), kKeywords.end(), key) == kKeywords.end()) {
        return Wrong(at, UnknownKey(key, kKeywords));
      }
      if (!CheckKeyword(schema, key, value, at, depth)) return false;
    }
    return CheckDefault(schema, pointer);
  }

 private:
  bool Wrong(const std::string& pointer, const std::string& message) {
    error_ = (pointer.empty() ? std::string() : pointer + ": ") + message;
    return false;
  }

  bool Want(bool good, const std::string& pointer, std::string_view wanted, const Json& found) {
    return good || Wrong(pointer, "want " + std::string(wanted) + ", found " + Describe(found, false));
  }

  /// A keyword stands beside a type that it is for.
  bool For(const Json& schema, const std::string& pointer, std::initializer_list<std::string_view> types) {
    const auto type = schema.value("type", "");
    if (std::find(types.begin(), types.end(), type) != types.end()) return true;
    std::string wanted;
    for (const auto each : types) wanted += (wanted.empty() ? "" : " or ") + std::string(each);
    return Wrong(pointer, "is for type " + wanted + (type.empty() ? ", and no type is given" : ", not " + type));
  }

  bool CheckKeyword(const Json& schema, const std::string& key, const Json& value, const std::string& at,
                    std::size_t depth) {
    if (key == "type") {
      return Want(value.is_string() && std::find(kTypes.begin(), kTypes.end(), value) != kTypes.end(), at,
                  OneOf(kTypes), value);
    }
    // `type` is read below as a string: it is looked at first, wherever it stands.
    if (schema.contains("type") && !schema["type"].is_string()) {
      return Want(false, "/type", OneOf(kTypes), schema["type"]);
    }
    if (key == "description") return Want(value.is_string(), at, "a string", value);
    if (key == "secret") return Want(value.is_boolean(), at, "true or false", value);
    if (key == "component")
      return Want(value.is_string(), at, "a kind of component", value) && For(schema, at, {"string"});
    if (key == "enum") return Want(value.is_array() && !value.empty(), at, "a list of values", value);
    if (key == "default") return true;
    if (key == "minimum" || key == "maximum") {
      return Want(value.is_number(), at, "a number", value) && For(schema, at, {"integer", "number"});
    }
    if (key == "minItems" || key == "maxItems") return CheckCount(value, at) && For(schema, at, {"array"});
    if (key == "minLength") return CheckCount(value, at) && For(schema, at, {"string"});
    if (key == "pattern") return CheckPattern(value, at) && For(schema, at, {"string"});
    if (key == "items") return Check(value, at, depth + 1) && For(schema, at, {"array"});
    if (key == "required") return CheckRequired(schema, value, at) && For(schema, at, {"object"});
    if (key == "additionalProperties") {
      return (value.is_boolean() || Check(value, at, depth + 1)) && For(schema, at, {"object"});
    }
    return CheckProperties(value, at, depth) && For(schema, at, {"object"});
  }

  bool CheckCount(const Json& value, const std::string& at) {
    return Want(value.is_number_unsigned(), at, "a whole number from 0", value);
  }

  bool CheckPattern(const Json& value, const std::string& at) {
    if (!value.is_string()) return Want(false, at, "a regular expression", value);
    const auto& pattern = value.get_ref<const std::string&>();
    return Matches(pattern, "").has_value() || Wrong(at, "is no regular expression: " + Ticked(pattern));
  }

  bool CheckProperties(const Json& value, const std::string& at, std::size_t depth) {
    if (!value.is_object()) return Want(false, at, "an object", value);
    for (const auto& [key, property] : value.items()) {
      if (!Check(property, at + Child(key), depth + 1)) return false;
    }
    return true;
  }

  bool CheckRequired(const Json& schema, const Json& value, const std::string& at) {
    if (!value.is_array()) return Want(false, at, "a list of keys", value);
    const auto properties = schema.find("properties");
    const bool open = schema.contains("additionalProperties") && schema["additionalProperties"] != Json(false);
    for (const auto& key : value) {
      if (!key.is_string()) return Want(false, at, "a list of keys", value);
      const auto& name = key.get_ref<const std::string&>();
      const bool known = properties != schema.end() && properties->is_object() && properties->contains(name);
      if (!known && !open) return Wrong(at, Ticked(name) + " is not among the properties");
    }
    return true;
  }

  /// A default that its own schema refuses would only be found out by whoever leaves the key away.
  bool CheckDefault(const Json& schema, const std::string& pointer) {
    const auto fallback = schema.find("default");
    if (fallback == schema.end()) return true;
    Json value = *fallback;
    Faults faults;
    CheckValue(schema, value, "", {}, faults);
    if (faults.empty()) return true;
    return Wrong(pointer + "/default", Format(faults.all().front()));
  }

  std::string& error_;
};

}  // namespace

std::optional<bool> Matches(const std::string& pattern, const std::string& text) {
  // Both limits of PCRE: on work, and on the stack that its matcher recurses on.
  static const std::string kLimits = "(*LIMIT_MATCH=1000000)(*LIMIT_RECURSION=5000)";
  try {
    const Poco::RegularExpression expression(kLimits + pattern, Poco::RegularExpression::RE_UTF8);
    Poco::RegularExpression::Match match;
    return expression.match(text, 0, match, 0) > 0;
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

std::optional<Schema> Schema::Parse(std::string_view json, std::string& error) {
  Json document;
  try {
    document = Json::parse(json);
  } catch (const Json::exception& exception) {
    error = "is no JSON: " + Printable(exception.what(), 200);
    return std::nullopt;
  }
  if (!Parser(error).Check(document, "", 0)) return std::nullopt;
  return Schema(std::move(document));
}

}  // namespace sluice::config
