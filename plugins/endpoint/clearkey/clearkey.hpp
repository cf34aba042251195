// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ClearKey: licences of W3C Clear Key (Encrypted Media Extensions §9.1) for those who have a signed URL.

#include <memory>
#include <optional>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <vector>

#include "key_shelf.hpp"

namespace sluice::plugins::clearkey {

/// Refusals are errors: core gives them the shape that all its errors have.
class ClearKey final : public sdk::Endpoint {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "clearkey",
      .summary = "Content keys as W3C Clear Key licences and JWK sets, for signed URLs; filled by its operator",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {
        "path": {"type": "string", "pattern": "^(/[^/?#]+)+$", "default": "/keys",
          "description": "Where viewers find it: what signatures are over begins so"},
        "admin_token": {"type": "string", "secret": true,
          "description": "Lets its bearer list, put and drop keys; 8 characters or more. Without it nobody may"},
        "signing_secret": {"type": "string", "secret": true,
          "description": "Of the signed queries; 16 characters or more. Without it the one that was put last counts"},
        "signed": {"type": "boolean", "default": true,
          "description": "False: whoever a step before let in may have every key, without a signature"},
        "default_ttl": {"type": "integer", "minimum": 1, "default": 300,
          "description": "Seconds after which a key that was put runs out, unless it says otherwise"},
        "keys": {"type": "object", "additionalProperties": {"type": "string", "secret": true}, "default": {},
          "description": "key id: key; each 32 hex digits or base64url"}}})"};

  static sdk::Result<std::unique_ptr<ClearKey>> Create(sdk::Host host, const sdk::Config& config);

  std::vector<sdk::Route> Routes() const override;
  sdk::Result<std::optional<sdk::Source>> Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                                 std::span<const std::byte> body,
                                                 sdk::ResponseWriter& response) override;

 private:
  struct Request {
    const sdk::Call& call;
    const sdk::RequestHead& head;
    std::string_view body;
    sdk::ResponseWriter& response;
  };

  ClearKey(sdk::Host host, const sdk::Config& config, std::string admin_token);

  sdk::Status CheckViewer(const Request& request) const;
  sdk::Result<std::string> SigningSecret(const sdk::Call& call) const;
  sdk::Status SendKeySet(const Request& request) const;
  sdk::Status SendLicence(const Request& request) const;
  sdk::Status SendKeys(const Request& request, const std::vector<Block>& kids, std::string_view type) const;
  sdk::Status SendList(const Request& request);
  sdk::Status Put(const Request& request);
  sdk::Status Drop(const Request& request);

  const sdk::Host host_;
  const std::string path_;
  const std::string admin_token_;     // empty: nobody has one
  const std::string signing_secret_;  // empty: the one that was put
  const bool signed_;
  const std::chrono::seconds default_ttl_;
  KeyShelf keys_;
};

}  // namespace sluice::plugins::clearkey
