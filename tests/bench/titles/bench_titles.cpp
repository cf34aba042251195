// SPDX-License-Identifier: MIT
// How fast names of releases are read and compared, and files picked:
//
//   Names      all names of the tests' table, one after another; items are names
//   Longest    a name as long as is read, of the parts that cost most (0 words, 1 marks, 2 numbers, 3 brackets)
//   Titles     a wanted title against the titles of the table; items are titles
//   Pick       an episode out of a pack of 26 or 220 files; items are files
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/common/titles/match.hpp"
#include "plugins/common/titles/pick_file.hpp"
#include "plugins/common/titles/release.hpp"
#include "tests/plugins/common/titles/names.hpp"

namespace sluice::plugins::titles {
namespace {

void Names(benchmark::State& state) {
  const auto names = ReadNames(SLUICE_TITLES_DATA);
  std::int64_t octets = 0;
  for (const auto& named : names) octets += static_cast<std::int64_t>(named.name.size());
  for (auto _ : state)
    for (const auto& named : names) benchmark::DoNotOptimize(Parse(named.name));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * names.size()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * octets);
}
BENCHMARK(Names)->Unit(benchmark::kMillisecond);

void Longest(benchmark::State& state) {
  constexpr const char* kParts[] = {"word.", "1080p.WEB.", "1-2000-", "[a] "};
  std::string name;
  while (name.size() < kMaxNameBytes) name += kParts[state.range(0)];
  for (auto _ : state) benchmark::DoNotOptimize(Parse(name));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kMaxNameBytes));
}
BENCHMARK(Longest)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void Titles(benchmark::State& state) {
  std::vector<Release> releases;
  for (const auto& named : ReadNames(SLUICE_TITLES_DATA)) releases.push_back(Parse(named.name));
  const Wanted wanted{.titles = {"The Glass Orchard", "Der gläserne Obstgarten"}, .year = 2018};
  for (auto _ : state)
    for (const auto& release : releases) benchmark::DoNotOptimize(Matches(wanted, release));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * releases.size()));
}
BENCHMARK(Titles)->Unit(benchmark::kMillisecond);

void Pick(benchmark::State& state) {
  std::vector<std::string> paths;
  for (std::int64_t i = 1; i <= state.range(0); ++i)
    paths.push_back("Clockwork Garden/[SunnyRaws] Clockwork Garden - " + std::to_string(i + 1000).substr(1) +
                    " (BD 1080p HEVC FLAC) [ABCD1234].mkv");
  std::vector<File> files;
  for (const auto& path : paths) files.push_back({.path = path, .size_bytes = 1U << 30U});
  const WantedFile wanted{.kind = Kind::kAnime, .season = 2, .episode = 5, .absolute = 17};
  for (auto _ : state) benchmark::DoNotOptimize(PickFile(wanted, files));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(Pick)->Arg(26)->Arg(220)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sluice::plugins::titles
