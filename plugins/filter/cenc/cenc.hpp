// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Cenc: decrypts ISO base media files under common encryption as they pass.

#include <memory>
#include <optional>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/init_note.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>

#include "file_map.hpp"
#include "keys.hpp"
#include "media_body.hpp"
#include "recent.hpp"

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
                "description": "of whatever has a key id that is not known: 32 hex digits or base64url"},
        "request_keys": {"type": "boolean", "default": false,
                "description": "whether a request may bring keys of its own, as key_id and key in its query"},
        "init": {"type": "string",
                "description": "where a segment's init section is, relative to the segment, when its link says nothing"}}})"};

  static sdk::Result<std::unique_ptr<Cenc>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Status OnResponse(const sdk::Call& call, const sdk::ResponseHead& head, sdk::HeadEdit& edit) override;
  sdk::Result<std::unique_ptr<sdk::BodyTransform>> OpenBody(const sdk::Call& call,
                                                            const sdk::ResponseHead& head) override;
  sdk::Result<std::unique_ptr<sdk::BodyTransform>> OpenBodyFor(const sdk::Call& call, const sdk::ResponseHead& head,
                                                               const sdk::BodyOrigin& origin) override;
  bool LengthPreserving() const noexcept override { return true; }

 private:
  Cenc(sdk::Host host, KeyRing keys, const sdk::Config& config);

  sdk::Result<KeyRing> RequestKeys(const sdk::BodyOrigin& origin) const;
  std::optional<sdk::InitNote> InitOf(const sdk::ResponseHead& head, const sdk::BodyOrigin& origin) const;
  sdk::Result<std::shared_ptr<const Init>> FindInit(const sdk::ResponseHead& head, const sdk::BodyOrigin& origin);
  sdk::Result<std::shared_ptr<const FileMap>> FindMap(const sdk::BodyOrigin& origin, std::uint64_t at);

  const sdk::Host host_;
  const KeyRing keys_;
  const bool request_keys_;
  const std::string init_;  ///< Reference; empty: none.
  Recent<Init> inits_;
  Recent<FileMap> maps_;  ///< Of files that were asked for in parts.
};

}  // namespace sluice::plugins::cenc
