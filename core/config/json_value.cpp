// SPDX-License-Identifier: MIT
#include "core/config/json_value.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::config {

JsonValue::JsonValue() : JsonValue(Json::object()) {}
JsonValue::JsonValue(Json value) : value_(std::make_unique<Json>(std::move(value))) {}
JsonValue::JsonValue(const JsonValue& other) : JsonValue(*other) {}
JsonValue::JsonValue(JsonValue&& other) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue& other) { return *this = JsonValue(other); }
JsonValue& JsonValue::operator=(JsonValue&& other) noexcept = default;
JsonValue::~JsonValue() = default;

bool JsonValue::operator==(const JsonValue& other) const { return *value_ == *other.value_; }

}  // namespace sluice::config
