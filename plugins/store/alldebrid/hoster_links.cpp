// SPDX-License-Identifier: MIT
#include "hoster_links.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <set>
#include <sluice/sdk/together.hpp>
#include <utility>

#include "dialect.hpp"
#include "store/common/forms.hpp"
#include "store/common/paging.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using store::WebLink;

constexpr std::string_view kOwnHost = "alldebrid.com";

}  // namespace

HosterLinks::HosterLinks(const sdk::Host& host, Client& client, Unlocker& unlocker)
    : host_(host), client_(client), unlocker_(unlocker), links_(host, kDialect.store) {}

sdk::Result<HosterLinks::Links> HosterLinks::ReadList(const sdk::Call& call, const sdk::StoreUser& user,
                                                      const store::Endpoint& endpoint, std::string_view prefix) {
  const auto data = client_.Get(call, user, endpoint);
  if (!data) return data.error();
  const auto* const list = store::Member(*data, "links");
  Links links;
  if (list == nullptr) return links;
  for (const auto& entry : *list) {
    auto link = store::TextOf(entry, "link");
    if (link.empty()) continue;
    links.push_back({.prefix = std::string(prefix),
                     .link = std::move(link),
                     .name = store::TextOf(entry, "filename"),
                     .size_bytes = store::UintOf(entry, "size"),
                     .added_at = store::ReadUnixTime(entry, "date")});
  }
  return links;
}

sdk::Result<HosterLinks::Links> HosterLinks::ReadAll(const sdk::Call& call, const sdk::StoreUser& user) {
  sdk::Result<Links> saved = Links();
  sdk::Result<Links> history = Links();
  const std::array<std::function<void()>, 2> parts{
      [&] { history = ReadList(call, user, endpoints::kHistory, kHistoryPrefix); },
      [&] { saved = ReadList(call, user, endpoints::kSaved, kSavedPrefix); }};
  sdk::Together(host_, call, parts);
  if (!saved) return saved;
  if (!history) return history;
  std::set<std::string> known;
  for (const auto& link : *saved) known.insert(link.link);
  std::copy_if(history->begin(), history->end(), std::back_inserter(*saved),
               [&](const WebLink& link) { return !known.contains(link.link); });
  std::stable_sort(saved->begin(), saved->end(),
                   [](const WebLink& a, const WebLink& b) { return a.added_at > b.added_at; });
  return saved;
}

sdk::Result<WebLink> HosterLinks::Find(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  return links_.Find(call, client_.api().AccountOf(user.token), id, [&] { return ReadAll(call, user); });
}

sdk::Result<sdk::Item> HosterLinks::Add(const sdk::Call& call, const sdk::StoreUser& user,
                                        const sdk::StoreOrder& order) {
  const auto wanted = store::OrderedLink(order, kDialect.store, kOwnHost);
  if (!wanted) return wanted.error();
  // Says whether it can be had, and what it is called.
  auto unlocked = unlocker_.Unlock(call, user, *wanted, client_.AddressOf(user));
  if (!unlocked) return std::move(unlocked).error();
  const auto saved = client_.Post(call, user, endpoints::kSave, store::FormBody({{"links[]", *wanted}}));
  if (!saved) return saved.error();
  const WebLink link{.prefix = std::string(kSavedPrefix),
                     .link = *wanted,
                     .name = std::move(unlocked->name),
                     .size_bytes = unlocked->size_bytes};
  links_.Note(client_.api().AccountOf(user.token), link);
  auto item = link.ToItem();
  if (!unlocked->delayed.empty()) item.state = sdk::ItemState::kProcessing;
  return item;
}

sdk::Result<sdk::Item> HosterLinks::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  const auto link = Find(call, user, id);
  if (!link) return link.error();
  return link->ToItem();
}

sdk::Result<std::uint64_t> HosterLinks::List(const sdk::Call& call, const sdk::StoreUser& user,
                                             const sdk::StorePage& page, sdk::ItemSink& sink) {
  const auto all = links_.All(call, client_.api().AccountOf(user.token), [&] { return ReadAll(call, user); });
  if (!all) return all.error();
  return store::PutPage(**all, page, sink, [](const WebLink& link) { return link.ToItem(); });
}

sdk::Status HosterLinks::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  const auto held = Find(call, user, id);
  if (!held) return held.error();
  if (held->prefix != kSavedPrefix)
    return client_.api().Fault(sdk::Errc::kUnsupported, "the account's history lets go of nothing");
  const auto removed = client_.Post(call, user, endpoints::kUnsave, store::FormBody({{"links[]", held->link}}));
  if (!removed) return removed.error();
  links_.Forget(client_.api().AccountOf(user.token), held->id());
  return sdk::Ok();
}

sdk::Result<sdk::Source> HosterLinks::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                           std::string_view file) {
  const auto held = Find(call, user, id);
  if (!held) return held.error();
  if (file != store::kWebFile) return client_.api().Fault(sdk::Errc::kNotFound, "the link has no such file");
  auto url = unlocker_.UrlOf(call, user, held->link, client_.AddressOf(user));
  if (!url) return std::move(url).error();
  return sdk::Source{.url = *std::move(url), .resumable = true};
}

}  // namespace sluice::plugins::alldebrid
