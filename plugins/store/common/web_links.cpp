// SPDX-License-Identifier: MIT
#include "store/common/web_links.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "store/common/link_hash.hpp"
#include "store/common/paths.hpp"

namespace sluice::plugins::store {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxAccounts = 500;
constexpr std::size_t kMaxAdded = 2000;
constexpr std::chrono::seconds kListLife = 60s;
constexpr std::chrono::seconds kAddedLife = 10min;

/// Whether `host` is `domain`, or below it.
bool IsOf(std::string_view host, std::string_view domain) {
  if (host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.')
    host.remove_prefix(host.size() - domain.size());
  return sdk::EqualsIgnoreCase(host, domain);
}

const WebLink* FindIn(const std::vector<WebLink>& links, std::string_view id) {
  const auto found = std::find_if(links.begin(), links.end(), [&](const WebLink& link) { return link.id() == id; });
  return found == links.end() ? nullptr : &*found;
}

}  // namespace

std::string WebLink::id() const { return prefix + HashOfWebLink(link); }

sdk::Item WebLink::ToItem() const {
  sdk::Item item{.id = id(),
                 .hash = HashOfWebLink(link),
                 .name = SafeName(name),
                 .state = sdk::ItemState::kReady,
                 .size_bytes = size_bytes,
                 .content = sdk::Content::kWeb,
                 .added_at = added_at};
  item.files.push_back(
      {.index = 0, .path = SafePath(name), .size_bytes = size_bytes, .id = std::string(kWebFile), .video_hash = {}});
  return item;
}

sdk::Result<std::string> OrderedLink(const sdk::StoreOrder& order, std::string_view store, std::string_view own_host) {
  const auto url = sdk::ParseUrl(order.uri);
  if (order.file.empty() && url && url->http() && url->user_info.empty() && !IsOf(url->host, own_host))
    return std::string(order.uri);
  return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                    .message = std::string(store) + ": web link: want an http or https URL at a file hoster"};
}

WebLinks::WebLinks(const sdk::Host& host, std::string_view store)
    : store_(store), lists_(host, store, kMaxAccounts), added_(host, store, kMaxAdded) {}

sdk::Result<WebLinks::Links> WebLinks::All(const sdk::Call& call, const std::string& account, const Ask& ask) {
  return lists_.Find(call, account, [&]() -> sdk::Result<remote::TtlCache<Links>::Fresh> {
    auto all = ask();
    if (!all) return all.error();
    std::vector<WebLink> once;
    std::set<std::string> seen;
    for (auto& link : *all) {
      if (seen.insert(link.link).second) once.push_back(std::move(link));
    }
    return remote::TtlCache<Links>::Fresh{.value = std::make_shared<const std::vector<WebLink>>(std::move(once)),
                                          .life = kListLife};
  });
}

sdk::Result<WebLink> WebLinks::Find(const sdk::Call& call, const std::string& account, std::string_view id,
                                    const Ask& ask) {
  if (auto added = added_.Peek(account + "/" + std::string(id))) return *std::move(added);
  if (const auto known = lists_.Peek(account)) {
    if (const auto* const link = FindIn(**known, id)) return *link;
    lists_.Forget(account);  // it may be new: added by another server, or by the account's owner
  }
  const auto all = All(call, account, ask);
  if (!all) return all.error();
  if (const auto* const link = FindIn(**all, id)) return *link;
  return sdk::Error{.code = sdk::Errc::kNotFound, .message = store_ + ": the account holds no such link"};
}

void WebLinks::Note(const std::string& account, const WebLink& link) {
  added_.Put(account + "/" + link.id(), link, kAddedLife);
  lists_.Forget(account);
}

void WebLinks::Forget(const std::string& account, const std::string& id) {
  added_.Forget(account + "/" + id);
  lists_.Forget(account);
}

}  // namespace sluice::plugins::store
