// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Config: a component's configuration, read by JSON Pointer.

#include <sluice/abi/config.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// Valid against the component's schema, defaults filled in: what the schema requires or defaults is there.
/// A value that is absent, or of another type than the one asked for, reads as the fallback. Pointers are JSON Pointers
/// (RFC 6901): "/servers/0/url"; the empty one names the whole document. Valid until `Create` returns.
/// Threads: [control].
class Config {
 public:
  explicit Config(const sluice_config& config) : config_(config) {}

  /// Whether anything stands there, null too.
  bool Has(std::string_view pointer) const { return Type(pointer) != SLUICE_CONFIG_ABSENT; }
  /// \returns  SLUICE_CONFIG_ABSENT when nothing stands there.
  sluice_config_type Type(std::string_view pointer) const { return config_.type(&config_, Str(pointer)); }

  /// UTF-8. May hold a secret: the schema says which.
  std::string String(std::string_view pointer, std::string_view fallback = {}) const {
    sluice_str out{};
    if (config_.get_string(&config_, Str(pointer), &out) == 0) return std::string(fallback);
    return {out.data, out.size};
  }
  /// Whole numbers of 64 bits; 1.0 is none.
  std::int64_t Int(std::string_view pointer, std::int64_t fallback = 0) const {
    std::int64_t out = 0;
    return config_.get_int(&config_, Str(pointer), &out) != 0 ? out : fallback;
  }
  /// Negative numbers read as the fallback; let the schema say `"minimum": 0`.
  std::uint64_t Uint(std::string_view pointer, std::uint64_t fallback = 0) const {
    const auto value = Int(pointer, -1);
    return value < 0 ? fallback : static_cast<std::uint64_t>(value);
  }
  /// Any number, whole ones too.
  double Double(std::string_view pointer, double fallback = 0) const {
    double out = 0;
    return config_.get_double(&config_, Str(pointer), &out) != 0 ? out : fallback;
  }
  /// true or false; no other value stands for either.
  bool Bool(std::string_view pointer, bool fallback = false) const {
    std::uint32_t out = 0;
    return config_.get_bool(&config_, Str(pointer), &out) != 0 ? out != 0 : fallback;
  }
  /// Number of elements of an array or object; 0 for anything else.
  std::size_t Size(std::string_view pointer) const { return config_.size(&config_, Str(pointer)); }
  /// The strings of an array; other elements are left out.
  std::vector<std::string> Strings(std::string_view pointer) const {
    std::vector<std::string> out;
    for (std::size_t i = 0, n = Size(pointer); i < n; ++i) {
      const auto element = std::string(pointer) + "/" + std::to_string(i);
      if (Type(element) == SLUICE_CONFIG_STRING) out.push_back(String(element));
    }
    return out;
  }
  /// The keys of an object, in file order.
  std::vector<std::string> Keys(std::string_view pointer) const {
    std::vector<std::string> out;
    sluice_str key{};
    for (std::size_t i = 0; config_.get_key(&config_, Str(pointer), i, &key) != 0; ++i)
      out.emplace_back(key.data, key.size);
    return out;
  }
  /// The whole document as JSON text. Holds secrets: do not log it.
  std::string_view json() const { return {config_.json.data, config_.json.size}; }

 private:
  static sluice_str Str(std::string_view text) { return {text.data(), text.size()}; }
  const sluice_config& config_;
};

}  // namespace sluice::sdk
