// SPDX-License-Identifier: MIT
#include "accounts.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/together.hpp>
#include <utility>

#include "store_codes.hpp"

namespace sluice::plugins::stremio {
namespace {

/// What the auth backends are shown.
struct Credential {
  std::string scheme{}, user{}, secret{};
};

/// A principal, and who vouches for it.
struct Vouched {
  std::string backend{};
  sdk::Principal principal{};
};

sdk::Error Error(sdk::Errc code, std::string message) { return {.code = code, .message = std::move(message)}; }

sdk::Result<Vouched> Ask(const Settings& settings, const sdk::Call& call, const Credential& credential,
                         const Purpose& purpose) {
  for (const auto& [name, backend] : settings.auth) {
    auto answer = backend->Authenticate(call, {.scheme = credential.scheme,
                                               .user = credential.user,
                                               .secret = credential.secret,
                                               .client_ip = purpose.client_ip,
                                               .user_agent = purpose.user_agent,
                                               .action = purpose.action,
                                               .hash = purpose.hash});
    if (!answer) return std::move(answer).error();
    if (*answer) return Vouched{.backend = name, .principal = **std::move(answer)};
  }
  return Error(sdk::Errc::kUnauthenticated, "no auth backend recognises the credential");
}

AccountOutcome OutcomeOf(const sdk::Host& host, const NamedStore& store, const sdk::Result<Vouched>& vouched) {
  AccountOutcome outcome{.code = store.code};
  if (!vouched) {
    outcome.error = vouched.error();
    return outcome;
  }
  const auto& [backend, principal] = *vouched;
  const auto now = host.clock().Now();
  const auto grant = std::ranges::find_if(principal.grants, [&](const sdk::Grant& one) {
    return one.store == store.name && (one.expires_at == sdk::Seconds{} || one.expires_at > now);
  });
  if (grant == principal.grants.end()) {
    outcome.error = Error(sdk::Errc::kPermissionDenied, "there is no key of " + store.name + " for this viewer");
  } else {
    outcome.account = Account{.store = &store,
                              .token = grant->key,
                              .key_id = grant->key_id,
                              .backend = backend,
                              .subject = principal.subject};
  }
  return outcome;
}

AccountOutcome Find(const sdk::Host& host, const Settings& settings, const sdk::Call& call, const StoreChoice& entry,
                    const Purpose& purpose) {
  const auto* const store = settings.FindStore(entry.code);
  if (store == nullptr) {
    return {.code = entry.code, .error = Error(sdk::Errc::kUnsupported, "this server does not offer that store")};
  }
  const bool lends = !entry.auth.empty();
  return OutcomeOf(
      host, *store,
      Ask(settings, call,
          {.scheme = lends ? "viewer" : "userdata", .user = store->name, .secret = lends ? entry.auth : entry.token},
          purpose));
}

/// "user:password", as it is or in base64.
Credential ServerUser(const std::string& token) {
  const auto plain = sdk::Base64Decode(token);
  const auto& text = plain && plain->find(':') != std::string::npos ? *plain : token;
  const auto colon = text.find(':');
  if (colon == std::string::npos) return {.scheme = "basic", .secret = text};
  return {.scheme = "basic", .user = text.substr(0, colon), .secret = text.substr(colon + 1)};
}

/// The stores that a user of the server's has keys of.
std::vector<AccountOutcome> FindServerStores(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                                             const StoreChoice& entry, const Purpose& purpose) {
  std::vector<AccountOutcome> outcomes;
  const auto credential = ServerUser(entry.token);
  if (credential.secret.empty()) {
    return {{.error = Error(sdk::Errc::kUnauthenticated, "want user and password of this server")}};
  }
  const auto vouched = Ask(settings, call, credential, purpose);
  if (!vouched) return {{.error = vouched.error()}};
  for (const auto& store : settings.stores) {
    if (auto outcome = OutcomeOf(host, store, vouched); outcome.account) outcomes.push_back(std::move(outcome));
  }
  if (outcomes.empty()) {
    return {{.error = Error(sdk::Errc::kPermissionDenied, "this user of the server has no keys of stores")}};
  }
  return outcomes;
}

}  // namespace

std::vector<AccountOutcome> FindAccounts(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                                         const UserData& userdata, const Purpose& purpose) {
  const auto& entries = userdata.stores;
  if (entries.front().code == kPeerToPeer) return {};
  if (entries.front().code == kServerStores) return FindServerStores(host, settings, call, entries.front(), purpose);
  std::vector<AccountOutcome> outcomes(entries.size());
  std::vector<std::function<void()>> parts;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    parts.emplace_back([&, i] { outcomes[i] = Find(host, settings, call, entries[i], purpose); });
  }
  sdk::Together(host, call, parts);
  return outcomes;
}

AccountOutcome FindAccount(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                           const UserData& userdata, std::string_view code, const Purpose& purpose) {
  const auto& entries = userdata.stores;
  if (entries.front().code == kServerStores) {
    auto outcomes = FindAccounts(host, settings, call, userdata, purpose);
    const auto named = std::ranges::find(outcomes, code, &AccountOutcome::code);
    return named != outcomes.end() ? std::move(*named) : std::move(outcomes.front());
  }
  const auto named = std::ranges::find(entries, code, &StoreChoice::code);
  return Find(host, settings, call, named != entries.end() ? *named : entries.front(), purpose);
}

void ReportRefusedKey(const sdk::Host& host, const sdk::Call& call, const Account& account) {
  if (account.key_id.empty()) return;
  const auto recorded = host.usage().Record(
      call, {.backend = account.backend, .subject = account.subject, .key_id = account.key_id, .action = "key-failed"});
  if (recorded) return;
  host.Log(sdk::LogLevel::kWarning, "that a store does not take a key could not be written down at once",
           {{"store", account.store->name}, {"error", recorded.error().message}});
}

}  // namespace sluice::plugins::stremio
