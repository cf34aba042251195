// SPDX-License-Identifier: MIT
// What debrid stores answer, whatever they are asked: the first two octets choose the store and the method, and each
// line after them is an answer, the last one for all that follow. What comes of it keeps the promises of sdk::Store,
// and no message repeats the key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/text.hpp>
#include <string>
#include <string_view>

#include "plugins/store/alldebrid/alldebrid.hpp"
#include "plugins/store/realdebrid/realdebrid.hpp"
#include "plugins/store/torbox/torbox.hpp"

namespace {

using namespace sluice::plugins;
namespace sdk = sluice::sdk;

constexpr std::string_view kKey = "planted-key-of-the-viewer";
constexpr std::string_view kHash = "0123456789abcdef0123456789abcdef01234567";

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckError(const sdk::Error& error) { Check(error.message.find("planted") == std::string::npos); }

void CheckItem(const sdk::Item& item) {
  Check(item.hash.empty() || item.hash.size() == 40 || item.hash.size() == 32);
  Check(item.hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  for (const auto& file : item.files) {
    Check(!file.path.empty() && !file.path.starts_with('/') && file.path.find('\\') == std::string::npos);
    Check(file.path != ".." && file.path.find("../") == std::string::npos);
  }
}

struct Items final : sdk::ItemSink {
  bool Put(const sdk::Item& item) override {
    CheckItem(item);
    return true;
  }
};

/// The answers of an input, in turn.
class Answers {
 public:
  explicit Answers(std::string_view rest) : rest_(rest) {}

  sdk::HttpResponse Next() {
    if (!rest_.empty()) now_ = sdk::TakeUpTo(rest_, '\n');
    const int status = now_.starts_with('!') ? 503 : now_.starts_with('?') ? 404 : 200;
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = std::string(now_.substr(status == 200 ? 0 : 1))};
  }

 private:
  std::string_view rest_;
  std::string_view now_;
};

void Ask(sdk::Store& store, unsigned method) {
  const auto call = sdk::testing::CallFor(std::chrono::milliseconds(200));  // no pause of a store's fits into that
  const sdk::StoreUser user{.token = kKey, .client_ip = "203.0.113.5"};
  const auto magnet = "magnet:?xt=urn:btih:" + std::string(kHash);
  const std::string_view hashes[] = {kHash};
  Items items;
  const auto see = [](const auto& answer) {
    if (!answer) CheckError(answer.error());
    return static_cast<bool>(answer);
  };
  if (method == 0) see(store.GetAccount(call, user));
  if (method == 1) see(store.Check(call, user, sdk::Content::kTorrent, hashes, items));
  if (method == 2) {
    const auto added = store.Add(call, user, {.uri = magnet});
    if (!see(added)) return;
    CheckItem(*added);
    Check(!added->id.empty());
    if (!added->files.empty()) see(store.Link(call, user, added->id, added->files[0].id));
  }
  if (method == 3) {
    if (const auto got = store.Get(call, user, "1"); see(got)) CheckItem(*got);
  }
  if (method == 4) see(store.List(call, user, {.content = sdk::Content::kTorrent}, items));
  if (method == 5) see(store.List(call, user, {.content = sdk::Content::kWeb}, items));
  if (method == 6) see(store.Add(call, user, {.content = sdk::Content::kWeb, .uri = "https://hoster.example/f/1"}));
  if (method == 7) see(store.Link(call, user, "1", "0"));
}

/// As the server makes and calls it.
template <typename Component>
void AskOf(sdk::testing::FakeHost& host, unsigned method) {
  const auto made = sdk::testing::CreateThroughAbi<Component>(
      {{"/base_url", "https://store.example"}, {"/breaker_failures", 1000}}, host);
  Check(static_cast<bool>(made));
  Ask(**made, method);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  sdk::testing::FakeHost host;
  Answers answers(input.substr(2));
  for (const auto* method : {"GET", "POST", "DELETE"}) {
    host.http.AnswerWith(method, "https://store.example/*",
                         [&](const sdk::HttpRequest&) { return sdk::Result<sdk::HttpResponse>(answers.Next()); });
  }
  const unsigned method = data[1] % 8U;
  switch (data[0] % 3U) {
    case 0:
      AskOf<torbox::TorBox>(host, method);
      break;
    case 1:
      AskOf<realdebrid::RealDebrid>(host, method);
      break;
    default:
      AskOf<alldebrid::AllDebrid>(host, method);
  }
  return 0;
}
