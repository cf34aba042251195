/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Media backends: libraries of films and episodes, such as Jellyfin or a folder.
 */
#ifndef SLUICE_ABI_MEDIA_H_
#define SLUICE_ABI_MEDIA_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_MEDIA_KIND "sluice.media/1"

/** One entry of a library. */
typedef struct sluice_media_item {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  sluice_str id;     /* the backend's own; passed back as it is */
  sluice_str title;
  sluice_str kind;     /* "folder", "movie", "series", "season", "episode", "video", "audio" */
  int64_t duration_ms; /* 0: not known */
} sluice_media_item;

/** Takes items; non-zero: the caller wants no more. The receiver copies. */
typedef struct sluice_media_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, const sluice_media_item* item);
} sluice_media_sink;

/** What a player did. Append only; a reader treats a value it does not know as SLUICE_PLAYBACK_PROGRESS. */
typedef uint32_t sluice_playback_event;
enum { SLUICE_PLAYBACK_START = 0, SLUICE_PLAYBACK_PROGRESS = 1, SLUICE_PLAYBACK_PAUSE = 2, SLUICE_PLAYBACK_STOP = 3 };

/**
 * All functions are [worker]. From each: SLUICE_NOT_FOUND (no such item), SLUICE_PERMISSION_DENIED (not for `who`),
 * SLUICE_UPSTREAM_FAILED, SLUICE_DEADLINE_EXCEEDED, SLUICE_CANCELLED. `who` has an empty subject where no credential is
 * asked for. Ids may come from a viewer's path.
 */
typedef struct sluice_media_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** Required. Puts the items directly under `parent_id` (empty: the root), in the backend's order. A sink that wants
   * no more is no error. */
  sluice_status (*browse)(void* self, const sluice_call* call, const sluice_principal* who, sluice_str parent_id,
                          sluice_media_sink out, sluice_error* error);
  /** Required. Puts what to fetch to play `item_id`. `device_profile` is JSON in the backend's terms; may be empty. */
  sluice_status (*resolve)(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item_id,
                           sluice_str device_profile, sluice_source_sink out, sluice_error* error);
  /** May be null: the link is taken as it is. SLUICE_PERMISSION_DENIED: it leads out of what this backend serves. */
  sluice_status (*resolve_child)(void* self, const sluice_call* call, const sluice_principal* who,
                                 const sluice_child* child, sluice_source_sink out, sluice_error* error);
  /** Required. Remembers what the player did. `position_ms` from the start of the item, 0 or more. SLUICE_UNSUPPORTED:
   * the backend remembers nothing. */
  sluice_status (*report)(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item_id,
                          sluice_playback_event event, int64_t position_ms, sluice_error* error);
} sluice_media_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_MEDIA_H_ */
