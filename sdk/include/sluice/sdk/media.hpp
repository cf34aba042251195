// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MediaBackend: a library of films and episodes, such as Jellyfin or a folder.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace sluice::sdk {

/// One entry of a library.
struct MediaItem {
  std::string id;                        ///< The backend's own; passed back as it is.
  std::string title{};                   ///< For people.
  std::string kind{};                    ///< "folder", "movie", "series", "season", "episode", "video", "audio".
  std::chrono::milliseconds duration{};  ///< 0: not known.
};

struct MediaSink {
  /// Takes one item. \returns false when the caller wants no more.
  virtual bool Put(const MediaItem& item) = 0;

 protected:
  ~MediaSink() = default;
};

/// What a player did. A value from a newer player reads as kProgress.
enum class PlaybackEvent : std::uint32_t { kStart, kProgress, kPause, kStop };

/// Implemented by plugins. Id: "sluice.media/1". Every method may also answer kDeadlineExceeded and kCancelled.
/// `who` is the principal whom the pipeline let in; where no credential is asked for, one with an empty subject. Ids
/// may come from a viewer's path: take none on trust.
/// Threads: [worker] on every method.
struct MediaBackend {
  virtual ~MediaBackend() = default;

  /// The items directly under `parent_id`, in the backend's order.
  /// \param parent_id  an id from a former Browse; empty: the root.
  /// \param sink       takes them one by one. That it wants no more is no error: answer OK.
  /// \returns  kNotFound (no such folder), kPermissionDenied (not for `who`), kUpstreamFailed.
  virtual Status Browse(const Call& call, const Principal& who, std::string_view parent_id, MediaSink& sink) = 0;

  /// What to fetch to play `item_id`.
  /// \param item_id              an id from a former Browse.
  /// \param device_profile_json  what the player can decode, in the backend's own terms; empty: not known.
  /// \returns  kNotFound (no such item, or nothing to play), kPermissionDenied (not for `who`), kUpstreamFailed.
  virtual Result<Source> Resolve(const Call& call, const Principal& who, std::string_view item_id,
                                 std::string_view device_profile_json) = 0;

  /// What to fetch for a link of a manifest that Resolve led to. The default takes the link as it is, without headers.
  /// \returns  kPermissionDenied when the link leads out of what this backend serves; otherwise as Resolve.
  virtual Result<Source> ResolveChild(const Call&, const Principal&, const Child& child) {
    return Source{.url = std::string(child.url), .context = std::string(child.context)};
  }

  /// Remembers what the player did. \param position  from the start of the item, 0 or more.
  /// \returns  kNotFound (no such item), kUpstreamFailed; kUnsupported when the backend remembers nothing.
  virtual Status Report(const Call& call, const Principal& who, std::string_view item_id, PlaybackEvent event,
                        std::chrono::milliseconds position) = 0;
};

}  // namespace sluice::sdk
