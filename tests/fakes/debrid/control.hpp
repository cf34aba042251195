// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The control path of fake_debrid: how tests in other processes script a store, and ask what it was asked.

#include <string_view>

#include "tests/fakes/debrid/store.hpp"

namespace sluice::fakes::debrid {

inline constexpr std::string_view kControlPath = "/_control";

/// GET answers {"counts": {endpoint: requests}, "violations": […], "crossed": limits}. POST takes an object, and does
/// all that it says:
///   "account":    {"key", "plan", "id", "email"}
///   "content":    {"kind": "torrent" | "usenet" | "web", "hash", "name", "files": [{"name", "size"}], "cached",
///                  "timeline": [{"after": s, "state", "progress", "finished", "present"}]}
///   "fault":      {"name": of FaultByName, or "", "endpoint", "times", "latency_ms", "trickle_ms", "drop_after"}
///   "advance":    seconds by which the time moves on
///   "link_life":  seconds
///   "bind_links": true | false
/// What it does not understand is 400.
Response Control(FakeStore& store, const Request& request);

}  // namespace sluice::fakes::debrid
