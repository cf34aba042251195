// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a request looks like on the wire, as far as the caller may say.

#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/upstream/target.hpp"

namespace sluice::upstream {

/// Request line and fields, up to the empty line. Host, framing and hop-by-hop fields are ours: those given, and those
/// that a given Connection names, are left out.
/// \param proxy_authorization  null: for an origin, or for a proxy's tunnel. Else for a proxy, in absolute-form (RFC
/// 9112
///                             §3.2.2), with this credential unless it is empty.
/// \returns  kInvalidArgument for a method that is no token, or a field that cannot stand on one line.
sdk::Result<std::string> WriteRequestHead(std::string_view method, const Target& target,
                                          std::span<const sdk::Header> headers, std::size_t body_bytes,
                                          const std::string* proxy_authorization = nullptr);

/// RFC 9110 §9.2.2: sending it twice is like sending it once.
bool IsIdempotent(std::string_view method);

}  // namespace sluice::upstream
