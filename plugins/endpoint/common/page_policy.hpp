// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a page that this process makes may do in a browser.

#include <string>
#include <string_view>

namespace sluice::plugins::page {

/// A Content-Security-Policy that lets be the page's own style and script, by their hashes, and its forms be sent to
/// where it came from; nothing else is loaded, run or framed. \param style, script  what stands between the tags, octet
/// by octet. An empty one: there is none, and none is let be. Source: CSP Level 3 §6.7.3.3. Threads: [any].
std::string Policy(std::string_view style, std::string_view script = {});

}  // namespace sluice::plugins::page
