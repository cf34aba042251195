// SPDX-License-Identifier: MIT
#include "core/state/secret_store.hpp"

#include "core/state/kv.hpp"
#include "core/state/secrets.hpp"

namespace sluice::state {
namespace {

constexpr std::string_view kPurpose = "secret-store";

sdk::Error Bad(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// Apart from what components keep: theirs begins with the kind.
std::string KeyOf(std::string_view name) { return "secret/" + std::string(name); }

sdk::Status CheckName(std::string_view name) {
  if (name.empty() || name.size() > SecretStore::kMaxNameBytes) return Bad("secret name: want 1 to 256 octets");
  return sdk::Ok();
}

}  // namespace

sdk::Status SecretStore::Keep(std::string_view name, std::string_view secret, std::chrono::seconds ttl) {
  if (auto checked = CheckName(name); !checked) return checked;
  if (secret.size() > kMaxSecretBytes) return Bad("secret: want at most 64 KiB");
  if (ttl < std::chrono::seconds::zero()) return Bad("secret ttl: want 0 or more seconds");
  const auto sealed = secrets_.Seal(kPurpose, secret, name);
  if (!sealed) return sealed.error();
  return store_.Put(KeyOf(name), *sealed, ttl);
}

sdk::Result<std::optional<std::string>> SecretStore::Recall(std::string_view name) {
  if (auto checked = CheckName(name); !checked) return std::move(checked).error();
  const auto sealed = store_.Get(KeyOf(name));
  if (!sealed) return sealed.error();
  if (!*sealed) return std::optional<std::string>{};
  auto secret = secrets_.Open(kPurpose, **sealed, name);
  return secret ? std::optional(std::move(*secret)) : std::nullopt;
}

sdk::Status SecretStore::Forget(std::string_view name) {
  if (auto checked = CheckName(name); !checked) return checked;
  return store_.Erase(KeyOf(name));
}

}  // namespace sluice::state
