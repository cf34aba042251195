// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Addresses of viewers, as stores that bind links to them may be told.

#include <string_view>

namespace sluice::plugins::store {

/// `address`, if a server elsewhere can see a viewer under it. \param address  textual, without port; may be empty.
/// \returns  empty for what is none, and for private, loopback and link-local ones (a link bound to one would let
///           nobody in). A view into `address`.
std::string_view PublicAddress(std::string_view address);

}  // namespace sluice::plugins::store
