// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Stremio: the addon that finds torrents, and plays them through the stores of its viewers.

#include <memory>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string_view>
#include <vector>

#include "configure.hpp"
#include "listing.hpp"
#include "metadata.hpp"
#include "playback.hpp"
#include "saved.hpp"
#include "schema.hpp"
#include "settings.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

inline constexpr const char* kVersion = "1.0.0";

/// Source: Stremio addon protocol. Threads: [worker].
class Stremio final : public sdk::Endpoint {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "stremio",
      .summary = "Stremio addon: torrents of indexers, played through debrid stores",
      .config_schema = R"({"type": "object", "additionalProperties": false, "required": ["stores", "auth"],
        "properties": {
          "stores": {"type": "array", "minItems": 1, "items": {"type": "string", "component": "store"},
            "description": "Stores that viewers may choose, each a component that is named as its type is"},
          "indexers": {"type": "array", "default": [], "items": {"type": "string", "component": "indexer"},
            "description": "Indexers that are searched for everybody"},
          "viewer_indexers": {"type": "array", "default": [], "items": {"type": "string", "component": "indexer"},
            "description": "Indexers that search what viewers bring, with user_urls: one named torznab, one named prowlarr"},
          "auth": {"type": "array", "minItems": 1, "items": {"type": "string", "component": "auth"},
            "description": "Who decides on what a configuration has: user ids and keys of stores. The first that knows it"},
          "name": {"type": "string", "pattern": "^[^\\x00-\\x1f]{1,60}$", "default": "Sluice",
            "description": "Of the addon, for people"},
          "credentials": {"type": "string", "enum": ["keys", "users", "either"], "default": "either",
            "description": "What the configure page asks viewers for: keys of their own accounts, or ids of users of a pool"},
          "locked": {"type": "boolean", "default": false,
            "description": "Take only configurations that show nothing: sealed and saved ones"},
          "delivery": {"type": "string", "enum": ["redirect", "proxy", "choice"], "default": "redirect",
            "description": "Who fetches streams: the player, the gateway, or as the viewer chooses"},
          "base_url": {"type": "string", "default": "",
            "description": "In front of the addon's URLs: https://sluice.example.com. Empty: as the request says"},
          "path": {"type": "string", "pattern": "^(/[^/?#{}]+)*$", "default": "/stremio/torz",
            "description": "Where the addon is; the pipeline's match is this and /**"},
          "metadata_url": {"type": "string", "default": "",
            "description": "Addon that knows what titles are called, such as Cinemeta. Empty: searched for by id alone"},
          "search_seconds": {"type": "integer", "minimum": 1, "maximum": 60, "default": 10,
            "description": "How long indexers are waited for"}}})",
      .migrations = kMigrations,
      .sealed_columns = kSealedColumns};

  static sdk::Result<std::unique_ptr<Stremio>> Create(sdk::Host host, const sdk::Config& config);

  std::vector<sdk::Route> Routes() const override;
  sdk::Result<std::optional<sdk::Source>> Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                                 std::span<const std::byte> body,
                                                 sdk::ResponseWriter& response) override;

 private:
  struct Visit {
    const sdk::Call& call;
    const sdk::RequestHead& head;
    std::string_view body;
    sdk::ResponseWriter& response;
  };
  using Answer = sdk::Result<std::optional<sdk::Source>>;
  struct Served;

  Stremio(sdk::Host host, Settings settings);

  Answer ShowStart(const Visit& visit);
  Answer ShowClip(const Visit& visit);
  Answer ShowForm(const Visit& visit);
  Answer ShowOwnForm(const Visit& visit);
  Answer TakeForm(const Visit& visit);
  Answer ShowManifest(const Visit& visit);
  Answer ShowOwnManifest(const Visit& visit);
  Answer ShowStreams(const Visit& visit);
  Answer Play(const Visit& visit);

  sdk::Result<UserData> UserDataOf(const Visit& visit);
  Answer SendManifest(const Visit& visit, const UserData* userdata) const;
  Answer SendClip(const Visit& visit, std::string_view clip) const;
  void RecordOnce(const sdk::Call& call, const sdk::Usage& usage, const PlaybackPath& order) const;

  const sdk::Host host_;
  const Settings settings_;
  Saved saved_;
  Metadata metadata_;
  const Lister lister_;
  const Configure configure_;
  Playback playback_;
};

}  // namespace sluice::plugins::stremio
