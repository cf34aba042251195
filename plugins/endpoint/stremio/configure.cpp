// SPDX-License-Identifier: MIT
#include "configure.hpp"

#include <algorithm>
#include <functional>
#include <sluice/sdk/together.hpp>
#include <utility>
#include <vector>

#include "accounts.hpp"
#include "search.hpp"
#include "store_codes.hpp"
#include "userdata_url.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr int kUnprocessable = 422;  // RFC 9110 §15.5.21

Offer OfferOf(const Settings& settings) {
  Offer offer{.tokens = settings.takes_keys,
              .users = settings.takes_users,
              .indexers = SpeakerOf(settings, "generic") != nullptr || SpeakerOf(settings, "prowlarr") != nullptr,
              .proxied = settings.delivery == Delivery::kChoice,
              .saved = true};
  for (const auto& store : settings.stores) offer.stores.push_back({.code = store.code, .name = store.name});
  offer.stores.push_back({.code = std::string(kPeerToPeer), .name = "no store: the player takes part in torrents"});
  return offer;
}

/// For the viewer, beside the field.
std::string WordsFor(const sdk::Error& error, bool is_user) {
  if (error.code == sdk::Errc::kUnauthenticated) {
    return is_user ? "This user id is not known." : "The store does not take this key.";
  }
  if (error.code == sdk::Errc::kPermissionDenied) return "Refused: " + error.message + ".";
  if (error.code == sdk::Errc::kRateLimited) return "There are too many requests; try again in a minute.";
  return "This cannot be checked at present; try again in a minute.";
}

}  // namespace

Configure::Configure(sdk::Host host, const Settings& settings, Saved& saved)
    : host_(std::move(host)), settings_(settings), saved_(saved), offer_(OfferOf(settings)) {}

sdk::Result<ConfigureAnswer> Configure::Page(FormAgain again, std::string install_url) const {
  ConfigureAnswer answer{.view = {.addon_name = settings_.name,
                                  .offer = offer_,
                                  .form = std::move(again.shown),
                                  .install_url = std::move(install_url)}};
  if (!answer.view.form.problems.empty()) answer.status = kUnprocessable;
  if (again.base) {
    auto sealed = SealedSegment(*again.base, host_.secrets());
    if (!sealed) return std::move(sealed).error();
    answer.view.base = *std::move(sealed);
  }
  return answer;
}

sdk::Result<ConfigureAnswer> Configure::Show(const UserData& userdata) const { return Page(AskAgain(userdata), {}); }

sdk::Result<UserData> Configure::BaseOf(const sdk::Call& call, std::string_view body) const {
  const auto text = ReadFormBase(body);
  if (!text) return text.error();
  return text->empty() ? UserData{} : saved_.Open(call, *text, settings_.locked);
}

void Configure::CheckAccounts(const sdk::Call& call, std::string_view user_agent, ConfigureForm& form) const {
  const auto& stores = form.data.stores;
  auto outcomes = FindAccounts(
      host_, settings_, call, form.data,
      {.client_ip = std::string(call.client_ip()), .user_agent = std::string(user_agent), .action = "init"});
  std::vector<std::function<void()>> parts;
  for (auto& outcome : outcomes) {
    if (!outcome.account) continue;
    parts.emplace_back([&] {
      const sdk::StoreUser user{.token = outcome.account->token, .client_ip = call.client_ip()};
      if (auto asked = outcome.account->store->store->GetAccount(call, user); !asked)
        outcome.error = std::move(asked).error();
    });
  }
  sdk::Together(host_, call, parts);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].error) continue;
    const auto entry = std::min(i, stores.size() - 1);  // a user of the server's has several stores by one entry
    const bool is_user = !stores[entry].auth.empty();
    form.problems.push_back({.field = RowName("stores", entry) + (is_user ? ".auth" : ".token"),
                             .message = WordsFor(*outcomes[i].error, is_user)});
  }
}

sdk::Result<std::string> Configure::SegmentOf(const sdk::Call& call, const ConfigureForm& form) const {
  if (!form.saved) return SealedSegment(form.data, host_.secrets());
  const auto id = saved_.Keep(call, form.data);
  return id ? SavedSegment(*id) : id;
}

sdk::Result<ConfigureAnswer> Configure::Take(const sdk::Call& call, std::string_view body, std::string_view user_agent,
                                             std::string_view site) const {
  const auto base = BaseOf(call, body);
  if (!base) return base.error();
  auto form = ReadConfigureForm(body, *base, offer_);
  if (!form) return std::move(form).error();
  const bool is_done = form->more == More::kNone;
  if (is_done && form->problems.empty()) CheckAccounts(call, user_agent, *form);
  if (!is_done || !form->problems.empty()) return Page(AskAgain(*form), {});
  const auto segment = SegmentOf(call, *form);
  if (!segment) return segment.error();
  auto again = AskAgain(form->data);
  again.shown.saved = form->saved;
  return Page(std::move(again), std::string(site) + "/" + *segment + "/manifest.json");
}

}  // namespace sluice::plugins::stremio
