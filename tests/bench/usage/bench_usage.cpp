// SPDX-License-Identifier: MIT
// How many usage records a second are on the disk when they are answered, with many who wait at once.
#include <benchmark/benchmark.h>
#include <prometheus/registry.h>

#include <thread>
#include <vector>

#include "core/state/database.hpp"
#include "core/state/usage_outbox.hpp"
#include "sluice/sdk/testing/calls.hpp"
#include "tests/fakes/postgres.hpp"

namespace {

using namespace sluice;

constexpr int kViewers = 64;
constexpr int kRecordsEach = 50;

void Record(benchmark::State& state, const std::string& url) {
  const auto database = state::MakeDatabase(url);
  prometheus::Registry metrics;
  state::UsageOutbox outbox(*database, metrics, {.patience = std::chrono::minutes(1)});
  const sdk::Usage usage{.backend = "pool",
                         .subject = "3f2b1c00-aaaa-4bbb-8ccc-0123456789ab",
                         .key_id = "key-1",
                         .action = "stream-served",
                         .hash = "0123456789abcdef0123456789abcdef01234567",
                         .bytes = 1};
  if (!outbox.Record(sdk::testing::TestCall(), usage)) return state.SkipWithError("the database cannot be written");
  for (auto _ : state) {
    std::vector<std::jthread> viewers;
    for (int i = 0; i < kViewers; ++i) {
      viewers.emplace_back([&] {
        for (int n = 0; n < kRecordsEach; ++n) {
          if (!outbox.Record(sdk::testing::TestCall(), usage)) std::abort();
        }
      });
    }
  }
  state.SetItemsProcessed(std::int64_t{kViewers} * kRecordsEach * state.iterations());
}

void Sqlite(benchmark::State& state) {
  const fakes::TempFolder folder;
  Record(state, "sqlite:" + (folder.path() / "bench.db").string());
}

void Postgres(benchmark::State& state) {
  fakes::Postgres server(fakes::Postgres::Disk::kSynced);
  Record(state, server.MakeDatabase());
}

BENCHMARK(Sqlite)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(Postgres)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
