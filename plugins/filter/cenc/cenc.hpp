// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Cenc: decrypts ISO base media files under common encryption as they pass.

#include <memory>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/plugin.hpp>

#include "init_cache.hpp"
#include "keys.hpp"

namespace sluice::plugins::cenc {

/// What is decrypted, with which keys, and what is not: README.md beside this file.
/// Threads: [worker] on every method.
class Cenc final : public sdk::Filter {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "cenc",
      .summary = "Decrypts fragmented MP4 under common encryption: cenc, cens, cbc1 and cbcs, with keys that we have",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {
        "keys": {"type": "object", "additionalProperties": {"type": "string", "secret": true}, "default": {},
                 "description": "key id: key; each 32 hex digits or base64url"},
        "key": {"type": "string", "secret": true,
                "description": "of whatever has a key id that is not known: 32 hex digits or base64url"}}})"};

  static sdk::Result<std::unique_ptr<Cenc>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Status OnResponse(const sdk::Call& call, const sdk::ResponseHead& head, sdk::HeadEdit& edit) override;
  sdk::Result<std::unique_ptr<sdk::BodyTransform>> OpenBody(const sdk::Call& call,
                                                            const sdk::ResponseHead& head) override;
  bool LengthPreserving() const noexcept override { return true; }

 private:
  Cenc(sdk::Host host, KeyRing keys) : host_(std::move(host)), keys_(std::move(keys)), inits_(host_) {}

  const sdk::Host host_;
  const KeyRing keys_;
  InitCache inits_;
};

}  // namespace sluice::plugins::cenc
