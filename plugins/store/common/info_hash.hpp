// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Info hashes in the forms that people and magnet URIs write them.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::store {

/// \param text  40 hex digits or 32 base32 characters (RFC 4648 §6), in any case.
/// \returns  40 lower-case hex digits; nothing for another text.
std::optional<std::string> NormalizeHash(std::string_view text);

/// Whether `link` is a URI of that scheme, whatever it names.
bool IsMagnet(std::string_view link);

/// The hash of the first `xt=urn:btih:` of a magnet URI, normalised. Source: BEP 9.
/// \returns  nothing when `uri` is no magnet URI or names no such hash.
std::optional<std::string> HashOfMagnet(std::string_view uri);

/// The magnet URI that names `hash` and nothing else: no trackers, in which private passkeys may stand.
/// \param hash  as NormalizeHash has it. \param name  for people; empty: none.
std::string CanonicalMagnet(std::string_view hash, std::string_view name = {});

}  // namespace sluice::plugins::store
