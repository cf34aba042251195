// SPDX-License-Identifier: MIT
#include "strict_json.hpp"

#include <set>
#include <vector>

namespace sluice::plugins::jwt {
namespace {

constexpr std::size_t kMaxDepth = 16;

/// Reads without keeping anything, and stops where the text has no single meaning.
class Examiner final : public nlohmann::json_sax<Json> {
 public:
  bool ambiguous() const { return ambiguous_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return Open(); }
  bool key(string_t& name) override {
    ambiguous_ = !names_.back().insert(name).second;
    return !ambiguous_;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool Open() {
    names_.emplace_back();
    ambiguous_ = names_.size() > kMaxDepth;
    return !ambiguous_;
  }
  bool Close() {
    names_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> names_;  ///< Of every object that is open; an array has none.
  bool ambiguous_ = false;
};

}  // namespace

ReadObject ReadStrictObject(std::string_view text) {
  using Fault = ReadObject::Fault;
  // The parser takes this octet for the end of the text, whatever comes behind it.
  if (text.find('\0') != std::string_view::npos) return {.object = {}, .fault = Fault::kNoObject};
  Examiner examiner;
  if (!Json::sax_parse(text, &examiner)) {
    return {.object = {}, .fault = examiner.ambiguous() ? Fault::kAmbiguous : Fault::kNoObject};
  }
  auto object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return {.object = {}, .fault = Fault::kNoObject};
  return {.object = std::move(object), .fault = Fault::kNone};
}

}  // namespace sluice::plugins::jwt
