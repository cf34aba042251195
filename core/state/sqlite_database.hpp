// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A Database in one file (SQLite).

#include <memory>
#include <string>

#include "core/state/database.hpp"

namespace sluice::state {

/// \param path  of the file; it and its folders are made when they are missing.
std::unique_ptr<Database> MakeSqliteDatabase(std::string path);

}  // namespace sluice::state
