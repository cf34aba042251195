// SPDX-License-Identifier: MIT
#include "alldebrid.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

#include "common/remote/answers.hpp"
#include "dialect.hpp"
#include "store/common/paths.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxAccounts = 1'000;
constexpr std::chrono::seconds kAccountLife = 1min;

sdk::Error NoUsenet() {
  return {.code = sdk::Errc::kUnsupported, .message = "alldebrid: takes torrents and web links only"};
}

bool IsWeb(std::string_view id) { return id.starts_with(kSavedPrefix) || id.starts_with(kHistoryPrefix); }

sdk::Plan PlanOf(const store::Json& account) {
  if (store::BoolOf(account, "isTrial")) return sdk::Plan::kTrial;
  return store::BoolOf(account, "isPremium") ? sdk::Plan::kPremium : sdk::Plan::kExpired;
}

}  // namespace

AllDebrid::AllDebrid(const sdk::Host& host, ClientOptions options)
    : client_(host, std::move(options)),
      unlocker_(host, client_),
      accounts_(host, kDialect.store, kMaxAccounts),
      magnets_(host, client_, unlocker_),
      links_(host, client_, unlocker_) {}

sdk::Result<std::unique_ptr<AllDebrid>> AllDebrid::Create(const sdk::Host& host, const sdk::Config& config) {
  auto api = store::ReadApiOptions(config);
  if (!api) return api.error();
  return std::unique_ptr<AllDebrid>(new AllDebrid(host, {.api = *std::move(api),
                                                         .agent = config.String("/agent"),
                                                         .forward_client_ip = config.Bool("/forward_client_ip")}));
}

sdk::StoreTraits AllDebrid::Traits() const noexcept { return {.web = true, .checks = false, .torrent_files = true}; }

sdk::Result<sdk::Account> AllDebrid::GetAccount(const sdk::Call& call, const sdk::StoreUser& user) {
  using Accounts = remote::TtlCache<sdk::Account>;
  return accounts_.Find(call, client_.api().AccountOf(user.token), [&]() -> sdk::Result<Accounts::Fresh> {
    const auto data = client_.Get(call, user, endpoints::kUser);
    if (!data) return data.error();
    const auto* const said = store::Member(*data, "user");
    const auto name = said == nullptr ? std::string() : store::SafeName(store::TextOf(*said, "username"));
    if (name.empty() || name == user.token)
      return client_.api().Unusable(endpoints::kUser.name, "/data/user with a username");
    return Accounts::Fresh{.value = {.id = name,
                                     .plan = PlanOf(*said),
                                     .expires_at = store::ReadUnixTime(*said, "premiumUntil"),
                                     .email = store::SafeName(store::TextOf(*said, "email"))},
                           .life = kAccountLife};
  });
}

sdk::Status AllDebrid::Check(const sdk::Call& call, const sdk::StoreUser&, sdk::Content content,
                             std::span<const std::string_view>, sdk::ItemSink&) {
  if (!Traits().Takes(content)) return NoUsenet();
  if (auto over = remote::OverBy(call, kDialect.store)) return *std::move(over);
  return sdk::Ok();
}

sdk::Result<sdk::Item> AllDebrid::Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  if (!Traits().Takes(order.content)) return NoUsenet();
  return order.content == sdk::Content::kWeb ? links_.Add(call, user, order) : magnets_.Add(call, user, order);
}

sdk::Result<sdk::Item> AllDebrid::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  return IsWeb(id) ? links_.Get(call, user, id) : magnets_.Get(call, user, id);
}

sdk::Result<std::uint64_t> AllDebrid::List(const sdk::Call& call, const sdk::StoreUser& user,
                                           const sdk::StorePage& page, sdk::ItemSink& sink) {
  if (!Traits().Takes(page.content)) return NoUsenet();
  return page.content == sdk::Content::kWeb ? links_.List(call, user, page, sink)
                                            : magnets_.List(call, user, page, sink);
}

sdk::Status AllDebrid::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  return IsWeb(id) ? links_.Remove(call, user, id) : magnets_.Remove(call, user, id);
}

sdk::Result<sdk::Source> AllDebrid::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                         std::string_view file) {
  return IsWeb(id) ? links_.Link(call, user, id, file) : magnets_.Link(call, user, id, file);
}

}  // namespace sluice::plugins::alldebrid
