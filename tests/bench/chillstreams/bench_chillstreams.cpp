// SPDX-License-Identifier: MIT
// What a viewer whom the pool has let in already costs each request: the whole call, through the C tables.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>
#include <vector>

#include "plugins/auth/chillstreams/chillstreams.hpp"

namespace {

using namespace sluice;
using plugins::chillstreams::Chillstreams;

constexpr int kMostViewers = 10'000;

std::string UserId(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-000000000000", static_cast<unsigned>(number));
  return text;
}

/// One backend for all threads; it knows every viewer.
struct Known {
  Known() {
    host.http.AnswerJson(
        "POST", "https://pool.example/*",
        R"({"poolKey":"00000000-0000-4000-8000-000000000000","poolKeyId":"k1","allowed":true,"deviceCount":1})");
    for (int i = 0; i < kMostViewers; ++i) Ask(UserId(i));
  }
  void Ask(const std::string& secret) {
    const auto answer = (*auth)->Authenticate(
        call, {.scheme = "bearer",
               .secret = secret,
               .client_ip = "2001:db8:85a3::8a2e:370:7334",
               .user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0",
               .action = "stream",
               .hash = "0123456789abcdef0123456789abcdef01234567"});
    if (!answer || !*answer) std::abort();
    benchmark::DoNotOptimize(answer);
  }

  sdk::testing::FakeHost host;
  const sdk::testing::TestCall call = sdk::testing::CallFor(std::chrono::hours(1));
  const sdk::Result<sdk::testing::ThroughAbi<sdk::AuthBackend>> auth = sdk::testing::CreateThroughAbi<Chillstreams>(
      {{"/url", "https://pool.example"}, {"/key", "not-a-secret"}, {"/max_grants", kMostViewers}}, host);
};

Known& TheKnown() {
  static Known known;
  return known;
}

void KnownViewer(benchmark::State& state) {
  auto& known = TheKnown();
  std::vector<std::string> viewers;
  for (int i = 0; i < state.range(0); ++i) viewers.push_back(UserId(i));
  std::size_t next = static_cast<std::size_t>(state.thread_index()) * 17;
  for (auto _ : state) known.Ask(viewers[next++ % viewers.size()]);
}

BENCHMARK(KnownViewer)->Arg(1)->Arg(kMostViewers)->Threads(1)->Threads(2)->Threads(8)->UseRealTime();

}  // namespace
