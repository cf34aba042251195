// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Items as TorBox writes them.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/fakes/debrid/world.hpp"

namespace sluice::fakes::debrid {

/// "2026-01-02T03:04:05Z"
std::string DateOf(Time time);
/// The hash of what is to be added; empty: it is nothing. \param file  octets, where there is no link.
std::string HashOf(Kind kind, const std::string& link, const std::string& file);
/// With the steps that TorBox takes by itself, where none are scripted.
Content WithTimeline(Content content);
/// As checkcached has it. \param files  whether they are listed; of web links they never are.
nlohmann::json CachedJson(const Content& content, bool files);
/// As mylist has it.
nlohmann::json HeldJson(const Held& held, Time now);
/// The file that mylist gives this id.
std::optional<ContentFile> FileOf(const Content& content, std::uint64_t id);

}  // namespace sluice::fakes::debrid
