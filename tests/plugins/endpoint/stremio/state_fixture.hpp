// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The addon's tables, on the server's own database.

#include <iterator>
#include <memory>
#include <string>

#include "core/plugin/instance_database.hpp"
#include "core/state/database.hpp"
#include "plugins/endpoint/stremio/schema.hpp"
#include "tests/fakes/nginx.hpp"
#include "tests/plugins/endpoint/stremio/addon_fixture.hpp"

namespace sluice::plugins::stremio {

/// Outlives the hosts that use it.
struct Tables {
  std::int64_t Count(const std::string& of) {
    const auto result = service.Read(sdk::testing::AnyCall(), "SELECT count(*) FROM " + of);
    EXPECT_TRUE(result) << result.error().message;
    return result ? result->rows[0][0].integer : -1;
  }
  /// All that is on the disk.
  std::string Column(const std::string& sql) {
    const auto result = service.Read(sdk::testing::AnyCall(), sql);
    EXPECT_TRUE(result) << result.error().message;
    std::string text;
    if (result)
      for (const auto& row : result->rows) text += row[0].text + "\n";
    return text;
  }

  fakes::TempFolder folder;
  const std::unique_ptr<state::Database> database =
      state::MakeDatabase("sqlite:" + (folder.path() / "test.db").string());
  plugin::InstanceDatabase service{*database, "endpoint", "stremio", {std::begin(kMigrations), std::end(kMigrations)}};
};

}  // namespace sluice::plugins::stremio
