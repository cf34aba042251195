// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Content keys and their ids: 16 octets each, and how people write them.

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::content_key {

using Block = std::array<std::byte, 16>;

/// What is wanted where ParseBlock finds nothing; for messages.
inline constexpr std::string_view kForm = "want 16 octets as 32 hex digits or in base64url";

/// 32 hex digits, with or without the dashes of a UUID, or base64url with or without padding.
/// \returns  nothing: none of these.
std::optional<Block> ParseBlock(std::string_view text);

/// `/keys` of a configuration: key ids, and which key each has.
/// \returns  kInvalidArgument that names what is wrong, and never shows a key.
sdk::Result<std::map<Block, Block>> ReadKeys(const sdk::Config& config);

/// 32 lower-case hex digits: what configurations call a key id.
std::string HexOf(const Block& block);

/// Without padding: what licences of W3C Clear Key have.
std::string Base64UrlOf(const Block& block);

/// Under which name the server keeps the key of this id (`SecretsService::Keep`): "clearkey:<hex>".
std::string SecretNameOf(const Block& kid);

}  // namespace sluice::plugins::content_key
