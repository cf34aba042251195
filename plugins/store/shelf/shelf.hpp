// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Shelf: a store that holds exactly what its configuration lists.

#include <memory>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::shelf {

/// An item's id is its info hash. Immutable after Create.
class Shelf final : public sdk::Store {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "shelf", .summary = "A fixed set of items, for demos and tests", .config_schema = R"({
        "type": "object", "additionalProperties": false, "required": ["items"],
        "properties": {
          "token": {"type": "string", "secret": true,
            "description": "Key that users must present; when left out, any key will do"},
          "items": {"type": "array", "description": "What the shelf holds, newest first",
            "items": {"type": "object", "additionalProperties": false, "required": ["hash", "name", "files"],
              "properties": {
                "hash": {"type": "string", "pattern": "^([0-9A-Fa-f]{40}|[A-Za-z2-7]{32})$",
                  "description": "Info hash, 40 hex digits or 32 base32 characters; unique"},
                "name": {"type": "string", "minLength": 1, "description": "Name of the item"},
                "files": {"type": "array", "minItems": 1, "description": "Its files, in order",
                  "items": {"type": "object", "additionalProperties": false, "required": ["path", "url"],
                    "properties": {
                      "path": {"type": "string", "minLength": 1,
                        "description": "Relative path within the item"},
                      "url": {"type": "string", "minLength": 1,
                        "description": "Where the file is: an http, https or file URL"},
                      "size_bytes": {"type": "integer", "minimum": 0, "default": 0,
                        "description": "0: not said"}}}}}}}}})"};

  static sdk::Result<std::unique_ptr<Shelf>> Create(sdk::Host host, const sdk::Config& config);

  sdk::StoreTraits Traits() const noexcept override { return {.downloads = false, .removes = false}; }
  sdk::Result<sdk::Account> GetAccount(const sdk::Call& call, const sdk::StoreUser& user) override;
  sdk::Status Check(const sdk::Call& call, const sdk::StoreUser& user, sdk::Content content,
                    std::span<const std::string_view> hashes, sdk::ItemSink& sink) override;
  sdk::Result<sdk::Item> Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) override;
  sdk::Result<sdk::Item> Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) override;
  sdk::Result<std::uint64_t> List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                  sdk::ItemSink& sink) override;
  sdk::Status Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) override;
  sdk::Result<sdk::Source> Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file) override;

 private:
  struct Held {
    sdk::Item item;
    std::vector<std::string> urls;  // by File::index
  };

  Shelf(sdk::Host host, std::string token, std::vector<Held> held);
  static sdk::Result<Held> ReadItem(const sdk::Config& config, const std::string& at);
  static sdk::Result<std::string> ReadUrl(const sdk::Config& config, const std::string& at);
  /// Whether the call still matters, and the user may ask.
  sdk::Status Admit(const sdk::Call& call, const sdk::StoreUser& user) const;
  const Held* Find(std::string_view hash) const;

  const sdk::Host host_;
  const std::string token_;  // empty: any key will do
  const std::vector<Held> held_;
};

}  // namespace sluice::plugins::shelf
