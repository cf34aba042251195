// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Target: a request URL taken apart once, for the guard, for the connection and for the request line.

#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

#include "core/upstream/origin.hpp"

namespace sluice::upstream {

struct Target {
  Origin origin;
  std::string host_header;  ///< As written, default port left out.
  std::string path;         ///< Request target: path and query as written.
  std::string url;          ///< Absolute, without fragment; unsafe raw octets escaped.
};

/// Raw spaces, controls and non-ASCII octets after the authority are percent-encoded; nothing else changes.
/// \returns  kInvalidArgument: another scheme than http and https, user info, CR, LF or NUL, a host that is neither a
///           name (IsHostName) nor an address in its one accepted form, and all that sdk::ParseUrl refuses.
sdk::Result<Target> ParseTarget(std::string_view url);

/// "https://a.example:443"; empty for what ParseTarget refuses.
std::string OriginOf(std::string_view url);

/// The same path elsewhere. \param path  of a Target.
Target TargetAt(const Origin& origin, std::string_view path);

}  // namespace sluice::upstream
