// SPDX-License-Identifier: MIT
#include "downloads.hpp"

#include <set>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "dialect.hpp"
#include "store/common/paging.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::realdebrid {
namespace {

constexpr std::string_view kOwnHost = "real-debrid.com";

}  // namespace

Downloads::Downloads(const sdk::Host& host, Client& client) : client_(client), links_(host, kDialect.store) {}

sdk::Result<std::vector<store::WebLink>> Downloads::ReadAll(const sdk::Call& call, const sdk::StoreUser& user) {
  const auto entries = client_.ListAll(call, user, endpoints::kDownloads);
  if (!entries) return entries.error();
  std::vector<store::WebLink> links;
  for (const auto& entry : *entries) {
    auto link = store::TextOf(entry, "link");
    auto id = store::TextOf(entry, "id");
    if (link.empty() || !IsId(id) || sdk::EqualsIgnoreCase(store::TextOf(entry, "host"), kOwnHost)) continue;
    links.push_back({.prefix = std::string(kWebPrefix),
                     .link = std::move(link),
                     .name = store::TextOf(entry, "filename"),
                     .size_bytes = store::UintOf(entry, "filesize"),
                     .added_at = store::ReadTime(store::TextOf(entry, "generated")).value_or(sdk::Seconds{}),
                     .store_id = std::move(id)});
  }
  return links;
}

sdk::Result<store::WebLink> Downloads::Find(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  return links_.Find(call, client_.api().AccountOf(user.token), id, [&] { return ReadAll(call, user); });
}

sdk::Result<sdk::Item> Downloads::Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  const auto wanted = store::OrderedLink(order, kDialect.store, kOwnHost);
  if (!wanted) return wanted.error();
  auto made = client_.Unrestrict(call, user, *wanted);
  if (!made) return std::move(made).error();
  if (!IsId(made->id)) return client_.api().Unusable(endpoints::kUnrestrict.name, "an id");
  const store::WebLink link{.prefix = std::string(kWebPrefix),
                            .link = made->link.empty() ? *wanted : made->link,
                            .name = made->name,
                            .size_bytes = made->size_bytes,
                            .store_id = made->id};
  links_.Note(client_.api().AccountOf(user.token), link);
  return link.ToItem();
}

sdk::Result<sdk::Item> Downloads::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  const auto link = Find(call, user, id);
  if (!link) return link.error();
  return link->ToItem();
}

sdk::Result<std::uint64_t> Downloads::List(const sdk::Call& call, const sdk::StoreUser& user,
                                           const sdk::StorePage& page, sdk::ItemSink& sink) {
  const auto all = links_.All(call, client_.api().AccountOf(user.token), [&] { return ReadAll(call, user); });
  if (!all) return all.error();
  return store::PutPage(**all, page, sink, [](const store::WebLink& link) { return link.ToItem(); });
}

sdk::Status Downloads::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  const auto held = Find(call, user, id);
  if (!held) return held.error();
  const auto account = client_.api().AccountOf(user.token);
  // The store lists a link as often as it was unrestricted.
  links_.Forget(account, held->id());
  auto entries = ReadAll(call, user);
  if (!entries) return std::move(entries).error();
  std::set<std::string> ids{held->store_id};
  for (const auto& entry : *entries) {
    if (entry.link == held->link) ids.insert(entry.store_id);
  }
  for (const auto& one : ids) {
    auto deleted = client_.DeleteDownload(call, user, one);
    if (!deleted && deleted.error().code != sdk::Errc::kNotFound) return deleted;
  }
  links_.Forget(account, held->id());
  return sdk::Ok();
}

sdk::Result<sdk::Source> Downloads::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                         std::string_view file) {
  const auto held = Find(call, user, id);
  if (!held) return held.error();
  if (file != store::kWebFile) return client_.api().Fault(sdk::Errc::kNotFound, "the link has no such file");
  auto made = client_.Unrestrict(call, user, held->link);
  if (!made) return std::move(made).error();
  return sdk::Source{.url = std::move(made->url), .resumable = true};
}

}  // namespace sluice::plugins::realdebrid
