// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Files: a folder of media as a library.

#include <filesystem>
#include <memory>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::files {

/// Ids are paths relative to the root, "/" between parts. What is listed can be resolved, and nothing else can.
/// Immutable after Create; the folder itself may change at any time.
class Files final : public sdk::MediaBackend {
 public:
  // `ts` is left out: in a folder of HLS it would list every segment.
  static constexpr sdk::ComponentInfo kInfo{.type = "files", .summary = "A folder of media files", .config_schema = R"({
        "type": "object", "additionalProperties": false, "required": ["root"],
        "properties": {
          "root": {"type": "string", "minLength": 1,
            "description": "Folder that holds the media; when the server starts, it must exist, and be open to the server"},
          "extensions": {"type": "array", "minItems": 1,
            "items": {"type": "string", "pattern": "^[a-z0-9]{1,16}$"},
            "default": ["3gp", "asf", "avi", "flv", "m2ts", "m4v", "mk3d", "mkv", "mov", "mp4", "mpeg", "mpg", "mts",
                        "ogm", "ogv", "vob", "webm", "wmv",
                        "aac", "aif", "aiff", "alac", "flac", "m4a", "m4b", "mka", "mp3", "oga", "ogg", "opus", "wav",
                        "weba", "wma",
                        "m3u8", "mpd"],
            "description": "Lower-case extensions, without the dot, of the files that are items"},
          "hidden": {"type": "boolean", "default": false,
            "description": "Whether names that start with a dot are served"},
          "allow_remote": {"type": "boolean", "default": false,
            "description": "Whether links in playlists may lead to http and https servers"}}})"};

  static sdk::Result<std::unique_ptr<Files>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Status Browse(const sdk::Call& call, const sdk::Principal& who, std::string_view parent_id,
                     sdk::MediaSink& sink) override;
  sdk::Result<sdk::Source> Resolve(const sdk::Call& call, const sdk::Principal& who, std::string_view item_id,
                                   std::string_view device_profile_json) override;
  sdk::Result<sdk::Source> ResolveChild(const sdk::Call& call, const sdk::Principal& who,
                                        const sdk::Child& child) override;
  sdk::Status Report(const sdk::Call& call, const sdk::Principal& who, std::string_view item_id,
                     sdk::PlaybackEvent event, std::chrono::milliseconds position) override;

 private:
  using Path = std::filesystem::path;

  Files(Path root, const sdk::Config& config);
  /// Where `id` leads, links followed. \returns  kPermissionDenied when that is not under the root.
  sdk::Result<Path> Locate(std::string_view id) const;
  bool IsUnderRoot(const Path& path) const;
  bool IsListed(std::string_view name) const;

  const Path root_;  // canonical
  const std::vector<std::string> extensions_;
  const bool hidden_;
  const bool allow_remote_;
};

}  // namespace sluice::plugins::files
