// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CallObserver: how the plugin host times, counts and refuses the calls that adapters make into plugins.

#include <sluice/sdk/detail/call_observer.hpp>

namespace sluice::plugin {

/// Defined in the SDK, because its test fixture runs the same adapters.
using sdk::detail::CallObserver;
using sdk::detail::CallOutcome;

}  // namespace sluice::plugin
