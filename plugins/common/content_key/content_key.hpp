// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Content keys and their ids: 16 octets each, and how people write them.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::content_key {

using Block = std::array<std::byte, 16>;

/// What is wanted where ParseBlock finds nothing; for messages.
inline constexpr std::string_view kForm = "want 16 octets as 32 hex digits or in base64url";

/// 32 hex digits, with or without the dashes of a UUID, or base64url with or without padding.
/// \returns  nothing: none of these.
std::optional<Block> ParseBlock(std::string_view text);

/// 32 lower-case hex digits: what configurations call a key id.
std::string HexOf(const Block& block);

/// Without padding: what licences of W3C Clear Key have.
std::string Base64UrlOf(const Block& block);

/// Under which name the server keeps the key of this id (`SecretsService::Keep`): "clearkey:<hex>".
std::string SecretNameOf(const Block& kid);

}  // namespace sluice::plugins::content_key
