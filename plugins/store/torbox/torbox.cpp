// SPDX-License-Identifier: MIT
#include "torbox.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/together.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "items.hpp"
#include "order.hpp"
#include "store/common/client_ip.hpp"
#include "store/common/forms.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::torbox {
namespace {

using namespace std::chrono_literals;
using sdk::Errc;
using store::Json;
using Hashes = std::span<const std::string_view>;

constexpr auto kAccountLife = 1min;
constexpr auto kItemLife = 10min;
constexpr auto kLinkLife = 50min;  // links live for about an hour; nothing says so
constexpr std::size_t kMaxAccounts = 1'000;
constexpr std::size_t kMaxItems = 2'000;
constexpr std::size_t kMaxTexts = 20'000;
constexpr std::size_t kMaxPosted = 500;
constexpr std::size_t kMaxInQuery = 100;
constexpr std::uint64_t kMostListed = 1'000;
constexpr std::size_t kMaxListBytes = 32UL * 1024 * 1024;  // five hundred items of two hundred files

struct PlanRow {
  std::uint64_t plan;
  sdk::Plan worth;
};
constexpr std::array kPlans{PlanRow{0, sdk::Plan::kExpired},   // free
                            PlanRow{1, sdk::Plan::kPremium},   // essential
                            PlanRow{2, sdk::Plan::kPremium},   // pro: with usenet
                            PlanRow{3, sdk::Plan::kPremium}};  // standard

std::string PathOf(const store::Endpoint& endpoint) { return "/v1/api/" + std::string(endpoint.name); }

/// Of a plan that is newer than this table, whether it is paid for.
sdk::Plan PlanOf(const Json& user) {
  const auto plan = store::UintOf(user, "plan");
  const auto* const found =
      std::find_if(kPlans.begin(), kPlans.end(), [&](const PlanRow& row) { return row.plan == plan; });
  if (found != kPlans.end()) return found->worth;
  return store::BoolOf(user, "is_subscribed") ? sdk::Plan::kPremium : sdk::Plan::kExpired;
}

}  // namespace

TorBox::TorBox(sdk::Host host, Options options)
    : host_(std::move(host)),
      options_(std::move(options)),
      api_(host_, kTorBox, options_.api),
      accounts_(host_, kTorBox.store, kMaxAccounts),
      items_(host_, kTorBox.store, kMaxItems),
      ids_(host_, kTorBox.store, kMaxTexts),
      links_(host_, kTorBox.store, kMaxTexts) {}

sdk::Result<std::unique_ptr<TorBox>> TorBox::Create(sdk::Host host, const sdk::Config& config) {
  auto api = store::ReadApiOptions(config);
  if (!api) return api.error();
  const auto seed = config.String("/seed");
  Options options{.api = *std::move(api),
                  .seed = seed == "yes"  ? "2"
                          : seed == "no" ? "3"
                                         : "",
                  .forward_client_ip = config.Bool("/forward_client_ip")};
  return std::unique_ptr<TorBox>(new TorBox(std::move(host), std::move(options)));
}

sdk::Result<Json> TorBox::Ask(const sdk::Call& call, const sdk::StoreUser& user, const store::ApiRequest& request) {
  auto reply = api_.Send(call, user.token, request);
  if (!reply) return reply.error();
  if (!reply->body.is_object()) return api_.Unusable(request.endpoint.name, "an object");
  const auto data = reply->body.find("data");
  return data == reply->body.end() ? Json() : std::move(*data);
}

sdk::Result<sdk::Account> TorBox::GetAccount(const sdk::Call& call, const sdk::StoreUser& user) {
  return accounts_.Find(call, api_.AccountOf(user.token), [&]() -> sdk::Result<Accounts::Fresh> {
    auto data = Ask(call, user, {.endpoint = kUserMe, .path = PathOf(kUserMe), .query = "settings=true"});
    if (!data) return data.error();
    sdk::Account account{
        .id = store::TextOf(*data, "id"),
        .plan = PlanOf(*data),
        .expires_at = store::ReadTime(store::TextOf(*data, "premium_expires_at")).value_or(sdk::Seconds()),
        .email = store::TextOf(*data, "email")};
    if (account.id.empty()) return api_.Unusable(kUserMe.name, "/data/id");
    return Accounts::Fresh{.value = std::move(account), .life = kAccountLife};
  });
}

sdk::Status TorBox::Check(const sdk::Call& call, const sdk::StoreUser& user, sdk::Content content, Hashes hashes,
                          sdk::ItemSink& sink) {
  const auto& service = ServiceOf(content);
  const auto size = service.checks_by_post ? kMaxPosted : kMaxInQuery;
  std::vector<sdk::Result<std::vector<sdk::Item>>> answers;
  std::vector<std::function<void()>> parts;
  for (std::size_t at = 0; at < hashes.size(); at += size) answers.emplace_back(sdk::Error{});
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto some = hashes.subspan(i * size, std::min(size, hashes.size() - i * size));
    parts.emplace_back([&, some, i] { answers[i] = CheckSome(call, user, service, some); });
  }
  sdk::Together(host_, call, parts);
  std::set<std::string_view> asked(hashes.begin(), hashes.end());
  for (const auto& answer : answers) {
    if (!answer) return answer.error();
    for (const auto& item : *answer) {
      if (asked.erase(item.hash) > 0 && !sink.Put(item)) return sdk::Ok();
    }
  }
  return sdk::Ok();
}

sdk::Result<std::vector<sdk::Item>> TorBox::CheckSome(const sdk::Call& call, const sdk::StoreUser& user,
                                                      const Service& service, Hashes hashes) {
  store::ApiRequest request{.endpoint = service.check, .path = PathOf(service.check), .max_body_bytes = kMaxListBytes};
  if (service.checks_by_post) {
    request.method = "POST";
    request.query = "format=list&list_files=true";
    request.body = store::Dump(Json{{"hashes", hashes}});
    request.content_type = "application/json";
  } else {
    for (const auto hash : hashes) request.query += store::EncodeForm({{"hash", hash}}) + "&";
    request.query += "format=list";
  }
  const auto data = Ask(call, user, request);
  if (!data) return data.error();
  if (!data->is_array() && !data->is_null()) return api_.Unusable(service.check.name, "/data, a list");
  std::vector<sdk::Item> items;
  for (const auto& entry : *data) {
    if (auto item = ReadCached(service, entry)) items.push_back(*std::move(item));
  }
  return items;
}

sdk::Result<sdk::Item> TorBox::Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  const auto hash = NameOfOrder(order);
  if (!hash) return hash.error();
  const auto& service = ServiceOf(order.content);
  const auto known_as = api_.AccountOf(user.token) + "/" + std::string(service.list.name) + "/" + *hash;
  for (bool again : {true, false}) {
    std::optional<sdk::Item> made;
    const auto id = ids_.Find(call, known_as, [&]() -> sdk::Result<Texts::Fresh> {
      auto ordered = Order(call, user, order, *hash, made);
      if (!ordered) return ordered.error();
      return Texts::Fresh{.value = *std::move(ordered), .life = kItemLife};
    });
    if (!id) return id.error();
    if (made) return *std::move(made);
    const auto item = Find(call, user, *id);
    if (item) return **item;
    if (item.error().code != Errc::kNotFound) return item.error();
    // Somebody has removed it meanwhile, elsewhere.
    ids_.Forget(known_as);
    if (!again) return item.error();
  }
  return NoItem();
}

sdk::Result<std::string> TorBox::Order(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order,
                                       const std::string& hash, std::optional<sdk::Item>& made) {
  const auto& service = ServiceOf(order.content);
  const auto account = api_.AccountOf(user.token);
  // Few orders are free, but for what TorBox holds already: that is found out once they are used up.
  const auto spent = api_.budgets().Take(call, account, service.uncached, false);
  if (!spent && (spent.error().code != Errc::kRateLimited || !IsCached(call, user, service, hash))) {
    return spent.error();
  }
  auto number = SendOrder(call, user, order);
  if (!number && number.error().reason == sdk::Reason::kConflict) number = FindByHash(call, user, service, hash);
  if (!number) return number.error();
  auto item = AskForItem(call, user, service, *number);
  const auto id = std::string(service.id_prefix) + *number;
  if (!item) return id;
  if (item->state == sdk::ItemState::kReady) {
    if (spent) api_.budgets().GiveBack(call, account, service.uncached, *spent);
    items_.Put(account + "/" + id, std::make_shared<const sdk::Item>(*item), kItemLife);
  }
  made = *std::move(item);
  return id;
}

sdk::Result<std::string> TorBox::SendOrder(const sdk::Call& call, const sdk::StoreUser& user,
                                           const sdk::StoreOrder& order) {
  const auto& service = ServiceOf(order.content);
  const auto boundary = order.file.empty() ? std::string() : sdk::HexEncode(host_.secrets().Random(16));
  auto body = BodyOf(order, options_.seed, boundary);
  auto data = Ask(call, user,
                  {.endpoint = service.create,
                   .method = "POST",
                   .path = PathOf(service.create),
                   .body = std::move(body.octets),
                   .content_type = std::move(body.type)});
  if (!data) return data.error();
  auto number = store::TextOf(*data, service.created_id);
  if (NumberOf(service, std::string(service.id_prefix) + number).empty()) {
    return api_.Unusable(service.create.name, "/data/" + std::string(service.created_id));
  }
  return number;
}

bool TorBox::IsCached(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                      const std::string& hash) {
  if (hash.starts_with("file:")) return false;  // only the store knows what it calls that
  const std::array<std::string_view, 1> asked{hash};
  const auto found = CheckSome(call, user, service, asked);
  return found && std::any_of(found->begin(), found->end(), [&](const sdk::Item& item) { return item.hash == hash; });
}

sdk::Result<std::string> TorBox::FindByHash(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                            std::string_view hash) {
  const auto data = ListSome(call, user, service, 0, kMostListed);
  if (!data) return data.error();
  for (const auto& entry : *data) {
    const auto item = ReadHeld(service, entry);
    if (item && item->hash == hash) return std::string(NumberOf(service, item->id));
  }
  auto error = api_.Fault(Errc::kInvalidArgument, "the account has it already, and does not list it");
  error.reason = sdk::Reason::kConflict;
  return error;
}

sdk::Result<sdk::Item> TorBox::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  const auto item = Find(call, user, id);
  if (!item) return item.error();
  return **item;
}

sdk::Result<std::shared_ptr<const sdk::Item>> TorBox::Find(const sdk::Call& call, const sdk::StoreUser& user,
                                                           std::string_view id) {
  const auto& service = ServiceOfId(id);
  const auto number = NumberOf(service, id);
  if (number.empty()) return NoItem();
  return items_.Find(call, api_.AccountOf(user.token) + "/" + std::string(id), [&]() -> sdk::Result<Items::Fresh> {
    auto item = AskForItem(call, user, service, number);
    if (!item) return item.error();
    const bool ready = item->state == sdk::ItemState::kReady;
    return Items::Fresh{.value = std::make_shared<const sdk::Item>(*std::move(item)), .life = ready ? kItemLife : 0min};
  });
}

sdk::Result<sdk::Item> TorBox::AskForItem(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                          std::string_view number) {
  const auto data = Ask(call, user,
                        {.endpoint = service.list,
                         .path = PathOf(service.list),
                         .query = store::EncodeForm({{"bypass_cache", "true"}, {"id", number}})});
  if (!data) return data.error();
  // What is not there comes as 404, as nothing, or as an item with the id 0.
  if (data->is_null() || (data->is_object() && store::TextOf(*data, "id") == "0")) return NoItem();
  auto item = ReadHeld(service, *data);
  if (!item || NumberOf(service, item->id) != number) {
    return api_.Unusable(service.list.name, "/data, the item that was asked for");
  }
  return *std::move(item);
}

sdk::Result<std::uint64_t> TorBox::List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                        sdk::ItemSink& sink) {
  const auto& service = ServiceOf(page.content);
  const auto data = ListSome(call, user, service, page.offset, page.limit);
  if (!data) return data.error();
  // One item more comes than was asked for, if there is one.
  const auto count = std::min<std::size_t>(data->size(), page.limit);
  for (std::size_t i = 0; i < count; ++i) {
    const auto item = ReadHeld(service, (*data)[i]);
    if (item && !sink.Put(*item)) break;
  }
  return std::uint64_t{page.offset} + count + (count == page.limit ? 1 : 0);
}

sdk::Result<Json> TorBox::ListSome(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                   std::uint64_t offset, std::uint64_t limit) {
  auto data =
      Ask(call, user,
          {.endpoint = service.list,
           .path = PathOf(service.list),
           .query = store::EncodeForm(
               {{"bypass_cache", "true"}, {"offset", std::to_string(offset)}, {"limit", std::to_string(limit)}}),
           .max_body_bytes = kMaxListBytes});
  // An empty list is not found.
  if (!data && data.error().code == Errc::kNotFound) return Json::array();
  if (!data) return data.error();
  if (data->is_null()) return Json::array();
  if (!data->is_array()) return api_.Unusable(service.list.name, "/data, a list");
  return data;
}

sdk::Status TorBox::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  const auto& service = ServiceOfId(id);
  const auto number = NumberOf(service, id);
  if (number.empty()) return NoItem();
  const Json order{{service.controlled_id, std::stoull(std::string(number))}, {"operation", "delete"}, {"all", false}};
  const auto done = Ask(call, user,
                        {.endpoint = service.control,
                         .method = "POST",
                         .path = PathOf(service.control),
                         .body = store::Dump(order),
                         .content_type = "application/json"});
  if (!done && done.error().code != Errc::kNotFound) return done.error();
  const auto known_as = api_.AccountOf(user.token) + "/" + std::string(id);
  items_.Forget(known_as);
  links_.ForgetAll(known_as + "/");
  return done ? sdk::Ok() : sdk::Status(done.error());
}

sdk::Result<sdk::Source> TorBox::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                      std::string_view file) {
  const auto item = Find(call, user, id);
  if (!item) return item.error();
  const auto& files = (*item)->files;
  const bool is_there =
      !file.empty() && std::any_of(files.begin(), files.end(), [&](const sdk::File& one) { return one.id == file; });
  if (!is_there) return api_.Fault(Errc::kNotFound, "the item has no such file");
  if ((*item)->state != sdk::ItemState::kReady) return api_.Fault(Errc::kNotFound, "the item is not ready");
  const auto& service = ServiceOfId(id);
  const auto viewer = options_.forward_client_ip ? store::PublicAddress(user.client_ip) : std::string_view();
  const auto known_as = api_.AccountOf(user.token) + "/" + std::string(id);
  const auto url = links_.Find(call, known_as + "/" + std::string(file) + "/" + std::string(viewer),
                               [&]() -> sdk::Result<Texts::Fresh> {
                                 auto link = AskForLink(call, user, service, NumberOf(service, id), file, viewer);
                                 if (!link) return link.error();
                                 return Texts::Fresh{.value = *std::move(link), .life = kLinkLife};
                               });
  if (!url) {
    if (url.error().code == Errc::kNotFound) items_.Forget(known_as);
    return url.error();
  }
  return sdk::Source{.url = *url, .resumable = true};
}

sdk::Result<std::string> TorBox::AskForLink(const sdk::Call& call, const sdk::StoreUser& user, const Service& service,
                                            std::string_view number, std::string_view file, std::string_view viewer) {
  // The file is always named: without it the store would pick one, and "0" is a file like any other.
  const auto data = Ask(call, user,
                        {.endpoint = service.link,
                         .path = PathOf(service.link),
                         .query = store::EncodeForm({{"token", user.token},
                                                     {service.linked_id, number},
                                                     {"file_id", file},
                                                     {"zip_link", "false"},
                                                     {"user_ip", viewer}})});
  if (!data) return data.error();
  const auto* const text = data->get_ptr<const std::string*>();
  const auto url = text == nullptr ? sdk::Result<sdk::Url>(sdk::Error{}) : sdk::ParseUrl(*text);
  if (!url || !url->http() || text->find(user.token) != std::string::npos) {
    return api_.Unusable(service.link.name, "/data, an http or https URL without the key");
  }
  return *text;
}

}  // namespace sluice::plugins::torbox
