// SPDX-License-Identifier: MIT
#include "shared_secret.hpp"

#include <algorithm>
#include <cstddef>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::shared_secret {
namespace {

constexpr std::size_t kMinSecretBytes = 8;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

}  // namespace

SharedSecret::SharedSecret(sdk::Host host, const sdk::Config& config)
    : host_(std::move(host)), schemes_(config.Strings("/schemes")), claim_all_(config.String("/claim") == "all") {}

sdk::Status SharedSecret::Add(const std::string& at, Entry entry) {
  const auto pointer = at + "/secret";
  entry.secret = std::string(sdk::TrimSpace(entry.secret));
  if (entry.secret.empty()) return Invalid(pointer + ": is empty; want a secret of 8 characters or more");
  if (entry.secret.size() < kMinSecretBytes) return Invalid(pointer + ": is too short; want 8 characters or more");
  for (const auto& other : entries_) {
    if (other.name == entry.name) return Invalid(at + "/name: " + entry.name + " is taken; want another name");
    if (other.secret == entry.secret)
      return Invalid(pointer + ": equals the secret of " + other.name + "; want another");
  }
  entries_.push_back(std::move(entry));
  return sdk::Ok();
}

sdk::Result<std::unique_ptr<SharedSecret>> SharedSecret::Create(sdk::Host host, const sdk::Config& config) {
  const bool one = config.Has("/secret");
  const bool many = config.Has("/secrets");
  if (one == many) return Invalid("/secret: want either secret or secrets");
  if (many && config.Has("/scopes")) return Invalid("/scopes: goes with secret; want scopes in each of /secrets");

  std::unique_ptr<SharedSecret> made(new SharedSecret(std::move(host), config));
  if (one) {
    const auto added =
        made->Add("", {.name = "default", .secret = config.String("/secret"), .scopes = config.Strings("/scopes")});
    if (!added) return added.error();
  }
  for (std::size_t i = 0, n = config.Size("/secrets"); i < n; ++i) {
    const auto at = "/secrets/" + std::to_string(i);
    const auto added = made->Add(at, {.name = config.String(at + "/name"),
                                      .secret = config.String(at + "/secret"),
                                      .scopes = config.Strings(at + "/scopes")});
    if (!added) return added.error();
  }
  if (made->entries_.empty()) return Invalid("/secrets: want at least one secret");
  if (made->schemes_.empty()) return Invalid("/schemes: want at least one scheme");
  return made;
}

bool SharedSecret::Recognises(std::string_view scheme) const {
  return std::find(schemes_.begin(), schemes_.end(), scheme) != schemes_.end();
}

sdk::Result<std::optional<sdk::Principal>> SharedSecret::Authenticate(const sdk::Call&,
                                                                      const sdk::Credentials& credentials) {
  if (!Recognises(credentials.scheme)) return std::optional<sdk::Principal>{};

  // Every entry is compared: how long it takes must not tell which one came close.
  const Entry* found = nullptr;
  for (const auto& entry : entries_) {
    if (host_.secrets().Equal(entry.secret, credentials.secret)) found = &entry;
  }
  if (found != nullptr)
    return std::optional(sdk::Principal{.subject = "secret:" + found->name, .scopes = found->scopes});
  if (!claim_all_) return std::optional<sdk::Principal>{};
  return sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "the secret is not one that lets in here"};
}

}  // namespace sluice::plugins::shared_secret
