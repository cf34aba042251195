// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A Database on a PostgreSQL server.

#include <memory>
#include <string>

#include "core/state/database.hpp"

namespace sluice::state {

/// Whether libpq takes it. What it says otherwise may quote a part of a password, and is kept back.
bool IsPostgresUrl(const std::string& url);

/// \pre  IsPostgresUrl.
std::unique_ptr<Database> MakePostgresDatabase(std::string url);

}  // namespace sluice::state
