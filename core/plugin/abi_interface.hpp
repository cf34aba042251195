// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// From a plugin's C table to the SDK's interfaces.

#include <sluice/abi/plugin.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/plugin/call_observer.hpp"
#include "core/plugin/instance.hpp"

namespace sluice::plugin {

/// Whether `component` can be called: its kind is known, its table is as long as the kind's first release, and what the
/// kind requires is not null. Runs no code of the plugin.
/// \param missing  on false, what is not there: "function check (null)", "function link (struct_size 24, want at least
///                 64)", "a known kind (\"sluice.store/9\")".
bool CheckTable(const sluice_component& component, std::string& missing);

/// Interface ids with revision that this server knows: "sluice.auth/1" …
const std::vector<std::string_view>& KnownKinds();

/// The interface over `component`'s table and `self`, which it takes over: `self` is destroyed with it, or at once on
/// an error. `component` must have passed CheckTable; it and `observer` outlive the result. Threads: [control].
/// \returns  kInternal when an endpoint cannot say its routes.
sdk::Result<Interface> MakeInterface(const sluice_component& component, void* self, CallObserver& observer);

}  // namespace sluice::plugin
