// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tables of the pool. What was released never changes: a change is one more text.

#include <sluice/abi/plugin.h>

namespace sluice::plugins::pool {

/// Of devices there is a keyed hash and nothing else. `usage` and `events` outlive the users and keys that they name.
inline constexpr const char* kMigrations[] = {
    R"(CREATE TABLE {users} (id TEXT PRIMARY KEY, name TEXT NOT NULL, disabled BIGINT NOT NULL, device_limit BIGINT,
         created_at BIGINT NOT NULL, link_hash TEXT NOT NULL);
       CREATE UNIQUE INDEX {users_by_link} ON {users} (link_hash);
       CREATE INDEX {users_by_age} ON {users} (created_at, id);
       CREATE TABLE {keys} (id TEXT PRIMARY KEY, store TEXT NOT NULL, label TEXT NOT NULL, secret BYTEA NOT NULL,
         key_id TEXT NOT NULL, state TEXT NOT NULL, fault TEXT NOT NULL, max_users BIGINT, created_at BIGINT NOT NULL,
         checked_at BIGINT NOT NULL);
       CREATE INDEX {keys_by_store} ON {keys} (store, state);
       CREATE INDEX {keys_by_age} ON {keys} (created_at, id);
       CREATE TABLE {assignments} (user_id TEXT NOT NULL REFERENCES {users} (id) ON DELETE CASCADE,
         store TEXT NOT NULL, key_id TEXT NOT NULL REFERENCES {keys} (id) ON DELETE CASCADE,
         assigned_at BIGINT NOT NULL, PRIMARY KEY (user_id, store));
       CREATE INDEX {assignments_by_key} ON {assignments} (key_id);
       CREATE TABLE {devices} (user_id TEXT NOT NULL REFERENCES {users} (id) ON DELETE CASCADE, device TEXT NOT NULL,
         label TEXT NOT NULL, first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, PRIMARY KEY (user_id, device));
       CREATE TABLE {usage} (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, pool_key TEXT NOT NULL, action TEXT NOT NULL,
         hash TEXT NOT NULL, cached BIGINT NOT NULL, bytes BIGINT NOT NULL, happened_at BIGINT NOT NULL);
       CREATE INDEX {usage_by_time} ON {usage} (happened_at, id);
       CREATE INDEX {usage_by_user} ON {usage} (user_id, happened_at);
       CREATE TABLE {events} (sequence BIGINT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL,
         happened_at BIGINT NOT NULL);
       CREATE TABLE {salts} (id TEXT PRIMARY KEY, secret BYTEA NOT NULL, key_id TEXT NOT NULL))"};

inline constexpr sluice_sealed_column kSealedColumns[] = {
    {.table = "keys", .id = "id", .column = "secret", .key_id = "key_id"},
    {.table = "salts", .id = "id", .column = "secret", .key_id = "key_id"}};

}  // namespace sluice::plugins::pool
