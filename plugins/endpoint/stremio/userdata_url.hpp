// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The path segment that a configuration is in: plain, sealed by this server, or the name of one that is saved.

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>

#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// What a segment may have, before escapes are undone and after.
inline constexpr std::size_t kMaxSegmentBytes = 16 * 1024;

enum class Form : std::uint8_t {
  kPlain,   ///< Base64 of the JSON: whoever sees the URL has the tokens.
  kSealed,  ///< "e." and what only this server opens.
  kSaved,   ///< "k." and the name of one in the database.
};

struct Segment {
  Form form = Form::kPlain;
  UserData data{};         ///< Of kPlain and kSealed.
  std::string saved_id{};  ///< Of kSaved: 1 to 64 of A-Z a-z 0-9 "-" "_". Whether there is one is not known.
};

/// \param segment  as it stands in the path, with its escapes or without. Plain ones in the alphabet of base64 or of
///                 base64url, with padding or without it.
/// \param locked   refuse the plain form.
/// \returns  kInvalidArgument that names the fault and quotes nothing; kPermissionDenied for a plain one when `locked`.
///           Threads: [any].
sdk::Result<Segment> ReadSegment(std::string_view segment, sdk::SecretsService& secrets, bool locked);

/// The same configuration gives the same segment, so that an addon is not installed twice.
/// \returns  kInvalidArgument for one that would be too long; what SealDeterministic says. Threads: [any].
sdk::Result<std::string> SealedSegment(const UserData& data, sdk::SecretsService& secrets);

/// \returns  kInvalidArgument: `id` cannot be the name of a saved configuration. Threads: [any].
sdk::Result<std::string> SavedSegment(std::string_view id);

}  // namespace sluice::plugins::stremio
