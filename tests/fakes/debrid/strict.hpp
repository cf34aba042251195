// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What fakes look at a request with, and answer it by.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/fakes/debrid/message.hpp"
#include "tests/fakes/debrid/world.hpp"

namespace sluice::fakes::debrid {

Response JsonReply(int status, const nlohmann::json& body);

/// Whether no parameter has another name than these.
bool OnlyKnows(const Params& params, const std::set<std::string>& names);

/// A whole number, without sign and leading zeros; nothing: it is none.
std::optional<std::uint64_t> ReadNumber(const std::optional<std::string>& text);

/// The fields of a body of type application/x-www-form-urlencoded; nothing: it is none.
std::optional<Params> ReadFormBody(const Request& request);

/// What stands behind "Bearer "; empty: nothing.
std::string BearerOf(const Request& request);

/// Of all its files.
std::uint64_t SizeOf(const Content& content);

/// The last part of a path.
std::string_view LastPart(std::string_view path);

}  // namespace sluice::fakes::debrid
