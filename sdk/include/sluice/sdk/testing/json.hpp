// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Json: a JSON document for tests, read and built by JSON Pointer. Not fast, not for production.

#include <sluice/abi/config.h>
#include <sluice/sdk/result.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// One JSON value; objects keep the order of their keys.
class Json {
 public:
  Json() = default;  ///< null
  template <typename T>
  requires std::integral<T> || std::floating_point<T> Json(T value) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::same_as<T, bool>) {
      type_ = SLUICE_CONFIG_BOOLEAN;
      integer_ = value ? 1 : 0;
    } else if constexpr (std::integral<T>) {
      type_ = SLUICE_CONFIG_INTEGER;
      integer_ = static_cast<std::int64_t>(value);
    } else {
      type_ = SLUICE_CONFIG_NUMBER;
      number_ = static_cast<double>(value);
    }
  }
  Json(std::string value)
      : type_(SLUICE_CONFIG_STRING), text_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Json(std::string_view value) : Json(std::string(value)) {}     // NOLINT(google-explicit-constructor)
  Json(const char* value) : Json(std::string(value)) {}          // NOLINT(google-explicit-constructor)

  static Json Array() { return Json(SLUICE_CONFIG_ARRAY, 0); }
  static Json Object() { return Json(SLUICE_CONFIG_OBJECT, 0); }
  /// \returns  kInvalidArgument that names the offset of the first octet that is no JSON (RFC 8259).
  static Result<Json> Parse(std::string_view text);

  sluice_config_type type() const { return type_; }
  bool is(sluice_config_type type) const { return type_ == type; }
  bool boolean() const { return integer_ != 0; }
  std::int64_t integer() const { return integer_; }
  double number() const { return type_ == SLUICE_CONFIG_INTEGER ? static_cast<double>(integer_) : number_; }
  const std::string& text() const { return text_; }
  /// Elements of an array or members of an object.
  std::size_t size() const { return elements_.size(); }
  const std::string& key(std::size_t index) const { return keys_[index]; }
  const Json& operator[](std::size_t index) const { return elements_[index]; }
  Json& operator[](std::size_t index) { return elements_[index]; }

  /// The member of that name, or null; null too when this is no object.
  const Json* Member(std::string_view name) const {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (keys_[i] == name) return &elements_[i];
    return nullptr;
  }
  /// The member of that name, made when absent; what is no object becomes one.
  Json& operator[](std::string_view name) {
    if (type_ != SLUICE_CONFIG_OBJECT) *this = Object();
    if (const auto* found = Member(name)) return const_cast<Json&>(*found);
    keys_.emplace_back(name);
    return elements_.emplace_back();
  }
  void Append(Json element) { elements_.push_back(std::move(element)); }

  /// What stands at `pointer` (RFC 6901), or null.
  const Json* Find(std::string_view pointer) const {
    const Json* at = this;
    while (!pointer.empty() && at != nullptr) {
      const auto name = TakeToken(pointer);
      std::size_t index = 0;
      if (at->type_ == SLUICE_CONFIG_OBJECT)
        at = at->Member(name);
      else if (at->type_ == SLUICE_CONFIG_ARRAY && IsIndex(name, index) && index < at->size())
        at = &at->elements_[index];
      else
        at = nullptr;
    }
    return at;
  }
  /// What stands at `pointer`; objects and arrays on the way are made ("/a/0" makes an array).
  Json& Make(std::string_view pointer) {
    Json* at = this;
    while (!pointer.empty()) {
      const auto name = TakeToken(pointer);
      std::size_t index = 0;
      if (!IsIndex(name, index) || at->type_ == SLUICE_CONFIG_OBJECT) {
        at = &(*at)[std::string_view(name)];
        continue;
      }
      if (at->type_ != SLUICE_CONFIG_ARRAY) *at = Array();
      if (at->size() <= index) at->elements_.resize(index + 1);
      at = &at->elements_[index];
    }
    return *at;
  }

  /// As JSON text, without white space.
  std::string Dump() const {
    switch (type_) {
      case SLUICE_CONFIG_BOOLEAN:
        return boolean() ? "true" : "false";
      case SLUICE_CONFIG_INTEGER:
        return std::to_string(integer_);
      case SLUICE_CONFIG_STRING:
        return Quoted(text_);
      case SLUICE_CONFIG_NUMBER: {
        char digits[32];
        return {digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.17g", number_))};
      }
      case SLUICE_CONFIG_ARRAY:
      case SLUICE_CONFIG_OBJECT:
        break;
      default:
        return "null";
    }
    const bool object = type_ == SLUICE_CONFIG_OBJECT;
    std::string out(1, object ? '{' : '[');
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (i > 0) out += ',';
      if (object) out += Quoted(keys_[i]) + ':';
      out += elements_[i].Dump();
    }
    return out + (object ? '}' : ']');
  }

 private:
  class Parser;

  Json(sluice_config_type type, std::int64_t integer) : type_(type), integer_(integer) {}

  static std::string TakeToken(std::string_view& pointer) {
    pointer.remove_prefix(1);
    const auto raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string name;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '~' && i + 1 < raw.size())
        name += raw[++i] == '1' ? '/' : '~';
      else
        name += raw[i];
    }
    return name;
  }
  static bool IsIndex(std::string_view name, std::size_t& index) {
    if (name.empty() || name.size() > 4 || (name.size() > 1 && name[0] == '0')) return false;
    const auto* end = name.data() + name.size();
    return std::from_chars(name.data(), end, index).ptr == end;
  }
  static std::string Quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      if (static_cast<unsigned char>(c) >= 0x20) {
        out += c;
        continue;
      }
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += escape;
    }
    return out + '"';
  }

  sluice_config_type type_ = SLUICE_CONFIG_NULL;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string text_;
  std::vector<std::string> keys_;
  std::vector<Json> elements_;
};

/// Recursive descent over one text; `failed_` stops it at the first fault.
class Json::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Json> Run() {
    auto value = Value(0);
    Blank();
    if (at_ < text_.size()) failed_ = true;
    if (failed_)
      return Error{.code = Errc::kInvalidArgument, .message = "JSON: fault at offset " + std::to_string(at_)};
    return value;
  }

 private:
  void Blank() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool Take(char wanted) {
    Blank();
    if (failed_ || at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void Want(char wanted) {
    if (!Take(wanted)) failed_ = true;
  }
  bool Word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  Json Value(int depth) {
    Blank();
    if (failed_ || at_ >= text_.size() || depth > 64) return Fault();
    if (text_[at_] == '"') return Json(String());
    if (Take('[')) return List(depth, ']', false);
    if (Take('{')) return List(depth, '}', true);
    if (Word("true")) return Json(true);
    if (Word("false")) return Json(false);
    if (Word("null")) return Json();
    return Number();
  }
  Json Fault() {
    failed_ = true;
    return {};
  }
  Json List(int depth, char close, bool object) {
    auto out = object ? Object() : Array();
    if (Take(close)) return out;
    do {
      if (object) {
        Blank();
        auto name = String();
        Want(':');
        out[std::string_view(name)] = Value(depth + 1);
      } else {
        out.Append(Value(depth + 1));
      }
    } while (Take(','));
    Want(close);
    return out;
  }
  Json Number() {
    const auto end = text_.find_first_not_of("+-.0123456789eE", at_);
    const std::string digits(text_.substr(at_, end == std::string_view::npos ? end : end - at_));
    if (digits.empty()) return Fault();
    const char* const last = digits.data() + digits.size();
    std::int64_t integer = 0;
    if (const auto [stop, error] = std::from_chars(digits.data(), last, integer);
        error == std::errc() && stop == last) {
      at_ += digits.size();
      return Json(integer);
    }
    char* stop = nullptr;
    const double number = std::strtod(digits.c_str(), &stop);
    if (stop != last) return Fault();
    at_ += digits.size();
    return Json(number);
  }
  std::string String() {
    std::string out;
    Want('"');
    while (!failed_ && at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_++];
      if (static_cast<unsigned char>(c) < 0x20)
        failed_ = true;
      else if (c != '\\')
        out += c;
      else
        Escape(out);
    }
    if (!failed_) Want('"');
    return out;
  }
  void Escape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
    if (at_ >= text_.size()) return void(failed_ = true);
    const char name = text_[at_++];
    if (const auto i = kNames.find(name); i != std::string_view::npos) return void(out += kValues[i]);
    if (name != 'u') return void(failed_ = true);
    auto code = Hex();
    if (code >= 0xD800 && code < 0xDC00 && Word("\\u")) code = 0x10000 + ((code - 0xD800) << 10U) + (Hex() - 0xDC00);
    const auto put = [&out](std::uint32_t octet) { out += static_cast<char>(static_cast<unsigned char>(octet)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
      put(0xC0 | (code >> 6U));
    } else {
      put(code < 0x10000 ? 0xE0 | (code >> 12U) : 0xF0 | (code >> 18U));
      if (code >= 0x10000) put(0x80 | ((code >> 12U) & 0x3FU));
      put(0x80 | ((code >> 6U) & 0x3FU));
    }
    put(0x80 | (code & 0x3FU));
  }
  std::uint32_t Hex() {
    std::uint32_t code = 0;
    const auto digits = text_.substr(at_ < text_.size() ? at_ : text_.size(), 4);
    const auto* end = digits.data() + digits.size();
    if (digits.size() != 4 || std::from_chars(digits.data(), end, code, 16).ptr != end) failed_ = true;
    at_ += digits.size();
    return code;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

inline Result<Json> Json::Parse(std::string_view text) { return Parser(text).Run(); }

}  // namespace sluice::sdk::testing
