// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Whether a request comes from this machine, and from the operator's own hand.

#include <sluice/sdk/types.hpp>
#include <span>
#include <string_view>

namespace sluice::plugins::admin {

/// 127.0.0.0/8, ::1, and the former mapped into IPv6. \param ip  textual, without port.
bool IsLoopback(std::string_view ip);

/// Whether nobody else speaks through a local client: no proxy in between (its own address would be the loopback), no
/// page of another origin in the operator's browser (Origin), no foreign name that points here (Host, DNS rebinding).
bool IsDirect(std::span<const sdk::Field> headers);

}  // namespace sluice::plugins::admin
