// SPDX-License-Identifier: MIT
#include "core/config/schema.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/config/reader.hpp"
#include "core/config/schema_rules.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

/// "a string", as faults say it.
std::string WithArticle(std::string_view type) {
  if (type == "object") return "a map";
  if (type == "array") return "a list";
  if (type == "string") return "a string";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  return "nothing";
}

std::string Values(const Json& list) {
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text += i + 1 == list.size() ? " or " : ", ";
    text += Describe(list[i], false);
  }
  return text;
}

class Checker {
 public:
  Checker(const Places& places, Faults& faults) : places_(places), faults_(faults) {}

  void Check(const Json& schema, Json& value, const std::string& pointer, bool secret) {
    const auto place = PlaceOf(places_, pointer);
    secret = secret || place.secret || schema.value("secret", false);
    Adapt(schema, value);
    if (const auto type = schema.value("type", ""); !type.empty() && !IsOfType(value, type)) {
      auto wanted = WithArticle(type);
      if (type == "string" && value.is_primitive() && !value.is_null()) wanted += " in quotes";
      if ((type == "integer" || type == "number") && value.is_string()) wanted += " without quotes";
      return Want(pointer, wanted, value, secret);
    }
    if (const auto list = schema.find("enum");
        list != schema.end() && std::find(list->begin(), list->end(), value) == list->end()) {
      Want(pointer, Values(*list), value, secret);
    }
    if (value.is_number()) CheckNumber(schema, value, pointer, secret);
    if (value.is_string()) CheckString(schema, value.get_ref<const std::string&>(), pointer, secret);
    if (value.is_array()) CheckArray(schema, value, pointer, secret);
    if (value.is_object()) CheckObject(schema, value, pointer, secret);
  }

 private:
  void Add(const std::string& pointer, std::string message) {
    faults_.Add(PlaceOf(places_, pointer), std::move(message));
  }
  void Want(const std::string& pointer, const std::string& wanted, const Json& found, bool secret) {
    Add(pointer, "want " + wanted + ", found " + Describe(found, secret));
  }

  /// The YAML 1.1 words of a boolean, and whole numbers written with a point.
  static void Adapt(const Json& schema, Json& value) {
    const auto type = schema.value("type", "");
    if (type == "boolean") {
      if (const auto flag = ParseBool(value)) value = *flag;
    } else if (type == "integer" && value.is_number_float() && IsOfType(value, "integer")) {
      value = static_cast<std::int64_t>(value.get<double>());
    }
  }

  void CheckNumber(const Json& schema, const Json& value, const std::string& pointer, bool secret) {
    const auto min = schema.find("minimum");
    const auto max = schema.find("maximum");
    const bool low = min != schema.end() && value < *min;
    const bool high = max != schema.end() && *max < value;
    if (!low && !high) return;
    std::string wanted = schema.value("type", "") == "integer" ? "a whole number" : "a number";
    if (min != schema.end()) wanted += " from " + min->dump();
    if (max != schema.end()) wanted += (min == schema.end() ? " up to " : " to ") + max->dump();
    Want(pointer, wanted, value, secret);
  }

  void CheckString(const Json& schema, const std::string& text, const std::string& pointer, bool secret) {
    if (const auto least = schema.find("minLength");
        least != schema.end() && Length(text) < least->get<std::size_t>()) {
      const auto count = least->get<std::size_t>();
      Want(pointer, "at least " + std::to_string(count) + (count == 1 ? " character" : " characters"), Json(text),
           secret);
    }
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end()) return;
    const auto matches =
        text.size() > kMaxPatternSubject ? std::nullopt : Matches(pattern->get_ref<const std::string&>(), text);
    if (matches.value_or(false)) return;
    std::string wanted = "a text that matches `" + pattern->get<std::string>() + "`";
    if (const auto description = schema.find("description"); description != schema.end()) {
      wanted += " (" + description->get<std::string>() + ")";
    }
    Want(pointer, wanted, Json(text), secret);
  }

  void CheckArray(const Json& schema, Json& value, const std::string& pointer, bool secret) {
    const auto count = value.size();
    const auto limit = [&](const char* keyword, std::size_t absent) {
      const auto found = schema.find(keyword);
      return found == schema.end() ? absent : found->get<std::size_t>();
    };
    const auto least = limit("minItems", 0);
    const auto most = limit("maxItems", SIZE_MAX);
    const auto found = "; found " + std::to_string(count);
    if (count < least) Add(pointer, "want at least " + std::to_string(least) + " items" + found);
    if (count > most) Add(pointer, "want at most " + std::to_string(most) + " items" + found);
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < count; ++i) Check(*items, value[i], pointer + Child(i), secret);
  }

  void CheckObject(const Json& schema, Json& value, const std::string& pointer, bool secret) {
    static const Json kNone = Json::object();
    const auto found = schema.find("properties");
    const auto& properties = found == schema.end() ? kNone : *found;
    std::vector<std::string> known;
    for (const auto& [key, property] : properties.items()) {
      known.push_back(key);
      if (!value.contains(key) && property.contains("default")) value[key] = property["default"];
    }
    const auto others = schema.find("additionalProperties");
    for (auto& [key, member] : value.get_ref<Json::object_t&>()) {
      const auto at = pointer + Child(key);
      if (const auto property = properties.find(key); property != properties.end()) {
        Check(*property, member, at, secret);
      } else if (others != schema.end() && others->is_object()) {
        Check(*others, member, at, secret);
      } else if (others != schema.end() && *others == Json(false)) {
        Add(at, UnknownKey(key, known));
      }
    }
    CheckRequired(schema, properties, value, pointer);
  }

  void CheckRequired(const Json& schema, const Json& properties, const Json& value, const std::string& pointer) {
    const auto required = schema.find("required");
    if (required == schema.end()) return;
    for (const auto& key : *required) {
      const auto& name = key.get_ref<const std::string&>();
      if (value.contains(name)) continue;
      auto message = Ticked(name) + " is missing";
      if (const auto property = properties.find(name); property != properties.end()) {
        const auto description = property->value("description", "");
        const auto type = property->value("type", "");
        if (!type.empty()) message += ": want " + WithArticle(type);
        if (!description.empty()) message += " (" + description + ")";
      }
      Add(pointer, message);
    }
  }

  const Places& places_;
  Faults& faults_;
};

/// Calls `visit(schema, value, pointer)` for `value` and everything in it that the schema knows, until it answers
/// false: then nothing in that value is visited.
template <typename F>
void Walk(const Json& schema, const Json& value, const std::string& pointer, const F& visit) {
  if (!visit(schema, value, pointer)) return;
  const auto properties = schema.find("properties");
  const auto others = schema.find("additionalProperties");
  const auto items = schema.find("items");
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      if (properties != schema.end() && properties->contains(key)) {
        Walk((*properties)[key], member, pointer + Child(key), visit);
      } else if (others != schema.end() && others->is_object()) {
        Walk(*others, member, pointer + Child(key), visit);
      }
    }
  } else if (value.is_array() && items != schema.end()) {
    for (std::size_t i = 0; i < value.size(); ++i) Walk(*items, value[i], pointer + Child(i), visit);
  }
}

}  // namespace

bool IsOfType(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (!value.is_number_float()) return value.is_number_integer();
  constexpr double kLargestExact = 9007199254740992.0;  // 2^53
  const auto real = value.get<double>();
  return std::trunc(real) == real && std::fabs(real) <= kLargestExact;
}

std::size_t Length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void CheckValue(const Json& schema, Json& value, const std::string& pointer, const Places& places, Faults& faults) {
  Checker(places, faults).Check(schema, value, pointer, false);
}

void Schema::Check(Json& value, const std::string& pointer, const Places& places, Faults& faults) const {
  CheckValue(*document_, value, pointer, places, faults);
}

std::vector<std::string> Schema::SecretPointers(const Json& value) const {
  std::vector<std::string> pointers;
  Walk(*document_, value, "", [&](const Json& schema, const Json&, const std::string& pointer) {
    const bool secret = schema.value("secret", false);
    if (secret) pointers.push_back(pointer);
    return !secret;
  });
  return pointers;
}

std::vector<Schema::ComponentReference> Schema::ComponentReferences(const Json& value) const {
  std::vector<ComponentReference> references;
  Walk(*document_, value, "", [&](const Json& schema, const Json& named, const std::string& pointer) {
    const auto kind = schema.find("component");
    if (kind != schema.end() && named.is_string()) references.push_back({pointer, *kind, named});
    return true;
  });
  return references;
}

}  // namespace sluice::config
