// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TokenFile: an auth backend that knows the tokens of a file.

#include <fstream>
#include <memory>
#include <optional>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/plugin.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace example {

namespace sdk = sluice::sdk;

/// One line of the file is `token name [scope...]`; "#" starts a comment. The file is read when the instance is made.
class TokenFile final : public sdk::AuthBackend {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "token-file",
      .summary = "Lets in who presents a token of a file",
      .config_schema = R"({"type": "object", "additionalProperties": false, "required": ["path"],
        "properties": {"path": {"type": "string", "description": "file with one `token name [scope...]` a line"}}})"};

  static sdk::Result<std::unique_ptr<TokenFile>> Create(sdk::Host host, const sdk::Config& config) {
    const auto path = config.String("/path");
    std::ifstream file(path);
    if (!file) return Refuse("/path: cannot read " + path);
    std::vector<Entry> entries;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      std::istringstream words(line.substr(0, line.find('#')));
      Entry entry;
      if (!(words >> entry.token)) continue;
      if (!(words >> entry.name)) return Refuse(path + ":" + std::to_string(number) + ": want a name after the token");
      if (entry.token.size() < 16)
        return Refuse(path + ":" + std::to_string(number) + ": want a token of at least 16 characters");
      for (std::string scope; words >> scope;) entry.scopes.push_back(std::move(scope));
      entries.push_back(std::move(entry));
    }
    if (entries.empty()) return Refuse(path + ": want at least one token");
    return std::unique_ptr<TokenFile>(new TokenFile(std::move(host), std::move(entries)));
  }

  /// Looks at every entry, so that the time it takes says nothing about which one matched.
  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call&, const sdk::Credentials& given) override {
    const Entry* match = nullptr;
    for (const auto& entry : entries_)
      if (host_.secrets().Equal(entry.token, given.secret)) match = &entry;
    if (match == nullptr) return std::optional<sdk::Principal>();  // perhaps the next backend knows it
    return std::optional<sdk::Principal>({.subject = "token-file:" + match->name, .scopes = match->scopes});
  }

 private:
  struct Entry {
    std::string token, name;
    std::vector<std::string> scopes;
  };

  static sdk::Error Refuse(std::string message) {
    return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
  }
  TokenFile(sdk::Host host, std::vector<Entry> entries) : host_(std::move(host)), entries_(std::move(entries)) {}

  const sdk::Host host_;
  const std::vector<Entry> entries_;
};

}  // namespace example
