// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// `sluice secrets rotate`: seals what the database holds anew, with the server's present key.

#include <iosfwd>
#include <vector>

#include "core/plugin/registry.hpp"

namespace sluice::state {
class Database;
class Secrets;
}  // namespace sluice::state

namespace sluice::cli {

/// What the server keeps of sessions.
plugin::PluginSet::SealedTable SealedSessions();

/// Goes on where an earlier run was broken off; the server may run meanwhile, as long as it knows both keys.
/// \returns  false when something could not be read, opened or written; then `errors` says what.
bool RotateSecrets(state::Database& database, const state::Secrets& secrets,
                   const std::vector<plugin::PluginSet::SealedTable>& tables, std::ostream& out, std::ostream& errors);

}  // namespace sluice::cli
