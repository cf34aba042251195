// SPDX-License-Identifier: MIT
#include "realdebrid.hpp"

#include <chrono>
#include <cstddef>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "common/remote/answers.hpp"
#include "dialect.hpp"
#include "store/common/paths.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxAccounts = 1'000;
constexpr std::chrono::seconds kAccountLife = 1min;

sdk::Error NoUsenet() {
  return {.code = sdk::Errc::kUnsupported, .message = "realdebrid: takes torrents and web links only"};
}

bool IsWeb(std::string_view id) { return id.starts_with(kWebPrefix); }

}  // namespace

RealDebrid::RealDebrid(const sdk::Host& host, ClientOptions options)
    : client_(host, std::move(options)),
      accounts_(host, kDialect.store, kMaxAccounts),
      torrents_(host, client_),
      downloads_(host, client_) {}

sdk::Result<std::unique_ptr<RealDebrid>> RealDebrid::Create(const sdk::Host& host, const sdk::Config& config) {
  auto api = store::ReadApiOptions(config);
  if (!api) return api.error();
  auto user_agent = config.String("/user_agent");
  if (!sdk::IsFieldValue(user_agent)) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "/user_agent: want no control characters"};
  }
  return std::unique_ptr<RealDebrid>(new RealDebrid(host, {.api = *std::move(api),
                                                           .user_agent = std::move(user_agent),
                                                           .forward_client_ip = config.Bool("/forward_client_ip")}));
}

sdk::StoreTraits RealDebrid::Traits() const noexcept {
  return {.web = true, .checks = false, .torrent_files = true, .torrent_order = true};
}

sdk::Result<sdk::Account> RealDebrid::GetAccount(const sdk::Call& call, const sdk::StoreUser& user) {
  using Accounts = remote::TtlCache<sdk::Account>;
  return accounts_.Find(call, client_.api().AccountOf(user.token), [&]() -> sdk::Result<Accounts::Fresh> {
    const auto said = client_.User(call, user);
    if (!said) return said.error();
    auto id = store::TextOf(*said, "id");
    if (id.empty() || id == user.token) return client_.api().Unusable(endpoints::kUser.name, "a user with an id");
    // Seconds that are left of the subscription; none: it is over, or there has never been one.
    const bool is_premium = store::DoubleOf(*said, "premium") > 0;
    return Accounts::Fresh{
        .value = {.id = store::SafeName(id),
                  .plan = is_premium ? sdk::Plan::kPremium : sdk::Plan::kExpired,
                  .expires_at = store::ReadTime(store::TextOf(*said, "expiration")).value_or(sdk::Seconds{}),
                  .email = store::SafeName(store::TextOf(*said, "email"))},
        .life = kAccountLife};
  });
}

sdk::Status RealDebrid::Check(const sdk::Call& call, const sdk::StoreUser&, sdk::Content content,
                              std::span<const std::string_view>, sdk::ItemSink&) {
  if (!Traits().Takes(content)) return NoUsenet();
  if (auto over = remote::OverBy(call, kDialect.store)) return *std::move(over);
  return sdk::Ok();
}

sdk::Result<sdk::Item> RealDebrid::Add(const sdk::Call& call, const sdk::StoreUser& user,
                                       const sdk::StoreOrder& order) {
  if (!Traits().Takes(order.content)) return NoUsenet();
  return order.content == sdk::Content::kWeb ? downloads_.Add(call, user, order) : torrents_.Add(call, user, order);
}

sdk::Result<sdk::Item> RealDebrid::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  return IsWeb(id) ? downloads_.Get(call, user, id) : torrents_.Get(call, user, id);
}

sdk::Result<std::uint64_t> RealDebrid::List(const sdk::Call& call, const sdk::StoreUser& user,
                                            const sdk::StorePage& page, sdk::ItemSink& sink) {
  if (!Traits().Takes(page.content)) return NoUsenet();
  return page.content == sdk::Content::kWeb ? downloads_.List(call, user, page, sink)
                                            : torrents_.List(call, user, page, sink);
}

sdk::Status RealDebrid::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  return IsWeb(id) ? downloads_.Remove(call, user, id) : torrents_.Remove(call, user, id);
}

sdk::Result<sdk::Source> RealDebrid::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                          std::string_view file) {
  return IsWeb(id) ? downloads_.Link(call, user, id, file) : torrents_.Link(call, user, id, file);
}

}  // namespace sluice::plugins::realdebrid
