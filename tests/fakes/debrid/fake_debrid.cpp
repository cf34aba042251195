// SPDX-License-Identifier: MIT
// A fake store as a process of its own: prints "listening on 127.0.0.1:<port>", and serves until its standard input
// ends. usage: fake_debrid <store>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/fakes/debrid/alldebrid.hpp"
#include "tests/fakes/debrid/realdebrid.hpp"
#include "tests/fakes/debrid/server.hpp"
#include "tests/fakes/debrid/torbox.hpp"

namespace {

using namespace sluice::fakes::debrid;

/// Null: there is no fake of that store.
std::unique_ptr<FakeStore> MakeStore(std::string_view name, std::string base_url) {
  const auto clock = [] { return std::chrono::system_clock::now(); };
  if (name == "alldebrid") return std::make_unique<FakeAllDebrid>(std::move(base_url), clock);
  if (name == "realdebrid") return std::make_unique<FakeRealDebrid>(std::move(base_url), clock);
  if (name == "torbox") return std::make_unique<FakeTorBox>(std::move(base_url), clock);
  return nullptr;
}

}  // namespace

int main(int count, char** words) {
  const std::string name = count == 2 ? words[1] : "";
  if (!MakeStore(name, {})) {
    std::fprintf(stderr, "usage: fake_debrid alldebrid|realdebrid|torbox\n");
    return 2;
  }
  Server server([&](std::string base_url) { return MakeStore(name, std::move(base_url)); });
  std::printf("listening on 127.0.0.1:%u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
  }
  return 0;
}
