// SPDX-License-Identifier: MIT
#include "availability.hpp"

#include <algorithm>
#include <functional>
#include <sluice/sdk/together.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

constexpr std::size_t kMostHashes = 500;  // sdk::Store::Check

struct IntoMap final : sdk::ItemSink {
  bool Put(const sdk::Item& item) override {
    if (item.state == sdk::ItemState::kCached) found[item.hash] = {.cached = true, .files = item.files};
    return true;
  }
  std::map<std::string, Known> found;
};

sdk::Status Check(const sdk::Call& call, const StoreAccount& account, std::span<const std::string> hashes,
                  std::map<std::string, Known>& cached) {
  const sdk::StoreUser user{.token = account.token, .client_ip = call.client_ip()};
  IntoMap sink;
  while (!hashes.empty()) {
    const auto part = hashes.first(std::min(hashes.size(), kMostHashes));
    hashes = hashes.subspan(part.size());
    const std::vector<std::string_view> views(part.begin(), part.end());
    if (auto checked = account.store->store->Check(call, user, sdk::Content::kTorrent, views, sink); !checked) {
      return checked;
    }
  }
  cached = std::move(sink.found);
  return sdk::Ok();
}

void Warn(const sdk::Host& host, std::string_view what, const sdk::Error& error) {
  host.Log(sdk::LogLevel::kWarning, what, {{"error", error.message}});
}

StoreAnswer Ask(const sdk::Host& host, const Knowledge& knowledge, const sdk::Call& call, const StoreAccount& account,
                std::span<const std::string> hashes) {
  StoreAnswer answer{.account = &account};
  const auto& store = *account.store;
  const auto traits = store.store->Traits();
  if (traits.trusted) {
    auto known = knowledge.Find(call, store.name, hashes);
    if (!known) Warn(host, "what stores have at once is not known: the database does not answer", known.error());
    if (known) answer.known = *std::move(known);
  }
  if (!traits.checks) return answer;
  std::vector<std::string> unknown;
  std::copy_if(hashes.begin(), hashes.end(), std::back_inserter(unknown),
               [&](const std::string& hash) { return !answer.known.contains(hash); });
  if (unknown.empty()) return answer;
  std::map<std::string, Known> cached;
  if (auto checked = Check(call, account, unknown, cached); !checked) {
    answer.error = std::move(checked).error();
    return answer;
  }
  if (traits.trusted) {
    const auto noted = knowledge.Note(call, store.name, unknown, cached);
    if (!noted) Warn(host, "what a store has at once could not be kept", noted.error());
  }
  for (const auto& hash : unknown) answer.known.emplace(hash, Known{});
  for (auto& [hash, known] : cached) answer.known[hash] = std::move(known);
  return answer;
}

}  // namespace

std::vector<StoreAnswer> FindAvailability(const sdk::Host& host, const Knowledge& knowledge, const sdk::Call& call,
                                          std::span<const StoreAccount> accounts,
                                          std::span<const std::string> hashes) {
  std::vector<StoreAnswer> answers(accounts.size());
  std::vector<std::function<void()>> parts;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    parts.emplace_back([&, i] { answers[i] = Ask(host, knowledge, call, accounts[i], hashes); });
  }
  sdk::Together(host, call, parts);
  return answers;
}

}  // namespace sluice::plugins::stremio
