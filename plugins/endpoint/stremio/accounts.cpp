// SPDX-License-Identifier: MIT
#include "accounts.hpp"

#include <algorithm>
#include <functional>
#include <sluice/sdk/together.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

sdk::Error Refused(std::string message) {
  return {.code = sdk::Errc::kPermissionDenied, .message = std::move(message)};
}

/// The key of `store` that the principal was granted.
const sdk::Grant* GrantOf(const sdk::Principal& principal, std::string_view store) {
  const auto found = std::find_if(principal.grants.begin(), principal.grants.end(),
                                  [&](const sdk::Grant& grant) { return grant.store == store; });
  return found == principal.grants.end() ? nullptr : &*found;
}

/// \returns  nothing: no backend recognises it.
sdk::Result<std::optional<StoreAccount>> AskBackends(const Settings& settings, const sdk::Call& call,
                                                     const NamedStore& store, std::string_view secret,
                                                     const Device& device, const Purpose& purpose) {
  for (const auto& backend : settings.auth) {
    auto answer = backend.component->Authenticate(call, {.scheme = "userdata",
                                                         .user = store.name,
                                                         .secret = secret,
                                                         .client_ip = device.client_ip,
                                                         .user_agent = device.user_agent,
                                                         .action = purpose.action,
                                                         .hash = purpose.hash});
    if (!answer) return std::move(answer).error();
    if (!*answer) continue;
    const auto& principal = **answer;
    const auto* const grant = GrantOf(principal, store.name);
    if (grant == nullptr) return Refused("there is no key of " + store.name + " for this viewer");
    return std::optional(StoreAccount{.store = &store,
                                      .token = grant->key,
                                      .key_id = grant->key_id,
                                      .viewer = {.backend = backend.name, .subject = principal.subject}});
  }
  return std::optional<StoreAccount>();
}

AccountOutcome Find(const Settings& settings, const sdk::Call& call, const UserStore& entry, const Device& device,
                    const Purpose& purpose) {
  AccountOutcome outcome{.code = entry.code};
  const auto store = std::find_if(settings.stores.begin(), settings.stores.end(),
                                  [&](const NamedStore& one) { return one.code == entry.code; });
  if (store == settings.stores.end()) {
    outcome.error = sdk::Error{.code = sdk::Errc::kUnsupported, .message = "this gateway has no such store"};
    return outcome;
  }
  const bool brings_key = entry.auth.empty();
  if (brings_key && !settings.tokens) {
    outcome.error = Refused("this gateway takes no keys of viewers");
    return outcome;
  }
  if (brings_key && settings.auth.empty()) {
    outcome.account = StoreAccount{.store = &*store, .token = entry.token};
    return outcome;
  }
  auto found = AskBackends(settings, call, *store, brings_key ? entry.token : entry.auth, device, purpose);
  if (!found) {
    outcome.error = std::move(found).error();
  } else if (*found) {
    outcome.account = *std::move(*found);
  } else {
    outcome.error = sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "the credential is not recognised"};
  }
  return outcome;
}

}  // namespace

std::vector<AccountOutcome> FindAccounts(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                                         const UserData& userdata, const Device& device, const Purpose& purpose) {
  std::vector<AccountOutcome> outcomes(userdata.stores.size());
  std::vector<std::function<void()>> parts;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    parts.emplace_back([&, i] { outcomes[i] = Find(settings, call, userdata.stores[i], device, purpose); });
  }
  sdk::Together(host, call, parts);
  return outcomes;
}

AccountOutcome FindAccount(const Settings& settings, const sdk::Call& call, const UserData& userdata,
                           std::string_view code, const Device& device, const Purpose& purpose) {
  const auto entry = std::find_if(userdata.stores.begin(), userdata.stores.end(),
                                  [&](const UserStore& one) { return one.code == code; });
  if (entry != userdata.stores.end()) return Find(settings, call, *entry, device, purpose);
  return {.code = std::string(code),
          .error = sdk::Error{.code = sdk::Errc::kNotFound, .message = "the configuration names no such store"}};
}

}  // namespace sluice::plugins::stremio
