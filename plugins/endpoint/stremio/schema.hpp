// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tables of the addon. What was released never changes: a change is one more text.

#include <sluice/abi/plugin.h>

namespace sluice::plugins::stremio {

inline constexpr const char* kMigrations[] = {
    R"(CREATE TABLE {magnets} (store TEXT NOT NULL, hash TEXT NOT NULL, cached BIGINT NOT NULL, seen_at BIGINT NOT NULL,
         files TEXT NOT NULL, PRIMARY KEY (store, hash));
       CREATE INDEX {magnets_by_time} ON {magnets} (seen_at);
       CREATE TABLE {saved} (id TEXT PRIMARY KEY, configuration BYTEA NOT NULL, key_id TEXT NOT NULL,
         created_at BIGINT NOT NULL))"};

inline constexpr sluice_sealed_column kSealedColumns[] = {
    {.table = "saved", .id = "id", .column = "configuration", .key_id = "key_id"}};

}  // namespace sluice::plugins::stremio
