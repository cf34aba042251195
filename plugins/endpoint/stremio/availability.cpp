// SPDX-License-Identifier: MIT
#include "availability.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <sluice/sdk/together.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

constexpr std::size_t kMostHashes = 500;  // sdk::Store::Check
constexpr auto kNoteTime = std::chrono::seconds(30);

struct IntoMap final : sdk::ItemSink {
  bool Put(const sdk::Item& item) override {
    if (item.state == sdk::ItemState::kCached) found[item.hash] = {.cached = true, .files = item.files};
    return true;
  }
  std::map<std::string, Known> found;
};

sdk::Result<std::map<std::string, Known>> Check(const sdk::Call& call, const Account& account,
                                                std::span<const std::string> hashes) {
  const sdk::StoreUser user{.token = account.token, .client_ip = call.client_ip()};
  IntoMap sink;
  while (!hashes.empty()) {
    const auto part = hashes.first(std::min(hashes.size(), kMostHashes));
    hashes = hashes.subspan(part.size());
    const std::vector<std::string_view> views(part.begin(), part.end());
    if (auto checked = account.store->store->Check(call, user, sdk::Content::kTorrent, views, sink); !checked)
      return std::move(checked).error();
  }
  return std::move(sink.found);
}

void Warn(const sdk::Host& host, std::string_view store, std::string_view what, const sdk::Error& error) {
  host.Log(sdk::LogLevel::kWarning, what, {{"store", store}, {"error", error.message}});
}

/// Keeps what a check of `hashes` said, without having the viewer wait for the disk.
void KeepForOthers(const sdk::Host& host, const Knowledge& knowledge, const sdk::Call& call, const std::string& store,
                   std::vector<std::string> hashes, std::map<std::string, Known> cached) {
  const auto keep = [host, &knowledge, store, hashes = std::move(hashes),
                     cached = std::move(cached)](const auto& late) {
    const auto noted = knowledge.Note(late, store, hashes, cached);
    if (!noted) Warn(host, store, "what a store has at once could not be kept", noted.error());
  };
  const auto started = host.tasks().Start(call, kNoteTime, keep);
  if (!started) Warn(host, store, "what a store has at once could not be kept", started.error());
}

StoreAnswer Ask(const sdk::Host& host, const Knowledge& knowledge, const sdk::Call& call, const Account& account,
                std::span<const std::string> hashes) {
  const auto& [code, name, store] = *account.store;
  StoreAnswer answer{.account = &account, .traits = store->Traits()};
  const bool trusted = answer.traits.trusted;
  if (trusted) {
    auto known = knowledge.Find(call, name, hashes);
    if (!known) Warn(host, name, "what a store has at once could not be looked up", known.error());
    if (known) answer.known = *std::move(known);
  }
  if (!answer.traits.checks) return answer;
  std::vector<std::string> unknown;
  std::ranges::copy_if(hashes, std::back_inserter(unknown),
                       [&](const std::string& hash) { return !answer.known.contains(hash); });
  if (unknown.empty()) return answer;
  auto cached = Check(call, account, unknown);
  if (!cached) {
    answer.error = std::move(cached).error();
    return answer;
  }
  for (const auto& hash : unknown) {
    const auto found = cached->find(hash);
    answer.known.emplace(hash, found == cached->end() ? Known{} : found->second);
  }
  if (trusted) KeepForOthers(host, knowledge, call, name, std::move(unknown), *std::move(cached));
  return answer;
}

}  // namespace

std::vector<StoreAnswer> FindAvailability(const sdk::Host& host, const Knowledge& knowledge, const sdk::Call& call,
                                          std::span<const Account> accounts, std::span<const std::string> hashes) {
  std::vector<StoreAnswer> answers(accounts.size());
  std::vector<std::function<void()>> parts;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    parts.emplace_back([&, i] { answers[i] = Ask(host, knowledge, call, accounts[i], hashes); });
  }
  sdk::Together(host, call, parts);
  return answers;
}

}  // namespace sluice::plugins::stremio
