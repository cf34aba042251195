// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// JsonValue: a JSON value as a member. Only who looks inside includes nlohmann/json.hpp, which costs a second of
/// compile time.

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace sluice::config {

using Json = nlohmann::ordered_json;

/// Copies are deep. What was moved from can only be assigned to or destroyed.
class JsonValue {
 public:
  JsonValue();  ///< An empty map.
  JsonValue(Json value);
  JsonValue(const JsonValue& other);
  JsonValue(JsonValue&& other) noexcept;
  JsonValue& operator=(const JsonValue& other);
  JsonValue& operator=(JsonValue&& other) noexcept;
  ~JsonValue();

  Json& operator*() { return *value_; }
  const Json& operator*() const { return *value_; }
  Json* operator->() { return value_.get(); }
  const Json* operator->() const { return value_.get(); }

  bool operator==(const JsonValue& other) const;

 private:
  std::unique_ptr<Json> value_;
};

}  // namespace sluice::config
