// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HeaderStamp: a filter that sets and removes header fields of responses.

#include <algorithm>
#include <memory>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

namespace sdk = sluice::sdk;

class HeaderStamp final : public sdk::Filter {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "header-stamp",
      .summary = "Sets and removes header fields of responses",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {
        "set": {"type": "object", "default": {}, "additionalProperties": {"type": "string"},
                "description": "header fields that every response gets"},
        "remove": {"type": "array", "default": [], "items": {"type": "string"},
                   "description": "names of header fields that no response keeps"}}})"};

  static sdk::Result<std::unique_ptr<HeaderStamp>> Create(sdk::Host, const sdk::Config& config) {
    auto made = std::unique_ptr<HeaderStamp>(new HeaderStamp());
    made->remove_ = config.Strings("/remove");
    for (const auto& name : config.Keys("/set")) {
      made->set_.push_back({name, config.String("/set/" + Escaped(name))});
      if (!IsName(name)) return Refuse("/set: \"" + name + "\" is no header field name");
      if (made->set_.back().value.find_first_of("\r\n") != std::string::npos)
        return Refuse("/set/" + name + ": want one line");
    }
    for (const auto& name : made->remove_)
      if (!IsName(name)) return Refuse("/remove: \"" + name + "\" is no header field name");
    return made;
  }

  sdk::Status OnResponse(const sdk::Call&, const sdk::ResponseHead&, sdk::HeadEdit& edit) override {
    for (const auto& name : remove_) edit.Remove(name);
    for (const auto& header : set_) edit.Set(header.name, header.value);
    return sdk::Ok();
  }

 private:
  HeaderStamp() = default;

  static sdk::Error Refuse(std::string message) {
    return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
  }
  /// A token of RFC 9110 §5.6.2.
  static bool IsName(std::string_view name) {
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
  }
  /// As a part of a JSON Pointer (RFC 6901 §3): a header name may hold "~".
  static std::string Escaped(std::string_view name) {
    std::string out;
    for (const char c : name) out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return out;
  }

  std::vector<sdk::Header> set_;
  std::vector<std::string> remove_;
};

}  // namespace example
