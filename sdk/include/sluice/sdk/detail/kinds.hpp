// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Kind<Interface>: the C side of each SDK interface: its id, its table type, and the table over the C++ class.

#include <sluice/abi/base.h>
#include <sluice/sdk/call.hpp>

namespace sluice::sdk::detail {

/// Specialised in thunks_<kind>.hpp with `id` and `kTable`; `self` of every thunk is an `Interface*`.
template <typename Interface>
struct Kind;

template <typename Interface>
Interface& Self(void* self) noexcept {
  return *static_cast<Interface*>(self);
}

}  // namespace sluice::sdk::detail
