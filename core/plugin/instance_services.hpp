// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Services of one instance: names added, name spaces put in front, limits checked.

#include <optional>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>

#include "core/state/secret_store.hpp"

namespace sluice::state {
class KvStore;
class Secrets;
}  // namespace sluice::state

namespace sluice::plugin {

/// "sluice.log/1": adds the fields plugin and component, and request_id to what is written within a call that serves a
/// request. Threads: [any].
class InstanceLog final : public sdk::LogService {
 public:
  InstanceLog(std::string plugin, std::string component)
      : plugin_(std::move(plugin)), component_(std::move(component)) {}
  bool Enabled(sdk::LogLevel level) const noexcept override;
  void Write(sdk::LogLevel level, std::string_view message, std::span<const sdk::Field> fields) noexcept override;

 private:
  const std::string plugin_, component_;
};

/// "sluice.kv/1" below "<kind>/<component>/". What keeps the values is the operator's business: where it is stays out
/// of the errors that plugins, and through them viewers, see. Threads: [any].
class InstanceKv final : public sdk::KvService {
 public:
  static constexpr std::size_t kMaxKeyBytes = 512;
  static constexpr std::size_t kMaxValueBytes = 1024 * 1024;

  InstanceKv(state::KvStore& store, std::string_view kind, std::string_view component);
  sdk::Result<std::optional<std::string>> Get(const sdk::Call& call, std::string_view key) override;
  sdk::Status Put(const sdk::Call& call, std::string_view key, std::string_view value,
                  std::chrono::seconds ttl) override;
  sdk::Result<bool> PutIf(const sdk::Call& call, std::string_view key, std::optional<std::string_view> expected,
                          std::string_view value, std::chrono::seconds ttl) override;
  sdk::Status Erase(const sdk::Call& call, std::string_view key) override;
  sdk::Result<std::int64_t> Increment(const sdk::Call& call, std::string_view key, std::int64_t by,
                                      std::chrono::seconds ttl) override;

 private:
  std::string Whole(std::string_view key) const { return prefix_ + std::string(key); }
  state::KvStore& store_;
  const std::string prefix_;
};

/// "sluice.clock/1" over the machine's clocks. Threads: [any].
class SystemClock final : public sdk::ClockService {
 public:
  std::chrono::system_clock::time_point Now() const noexcept override { return std::chrono::system_clock::now(); }
  std::chrono::steady_clock::time_point Steady() const noexcept override { return std::chrono::steady_clock::now(); }
};

/// What separates the keys of one component from those of others.
std::string SecretsPurpose(std::string_view kind, std::string_view component);

/// "sluice.secrets/1" with the purpose "<kind>/<component>"; what is kept under a name is every component's.
/// Threads: [any].
class InstanceSecrets final : public sdk::SecretsService {
 public:
  /// \param store  null: nothing can be kept.
  InstanceSecrets(const state::Secrets& secrets, state::KvStore* store, std::string_view kind,
                  std::string_view component);
  sdk::Result<std::string> Seal(std::string_view plaintext, std::string_view context) override;
  sdk::Result<std::string> Open(std::string_view sealed, std::string_view context) override;
  bool Equal(std::string_view a, std::string_view b) const noexcept override;
  std::string Fingerprint(std::string_view secret) override;
  std::string Random(std::size_t size) override;
  sdk::Result<std::string> SealDeterministic(std::string_view plaintext) override;
  sdk::Result<std::string> OpenDeterministic(std::string_view sealed) override;
  sdk::Status Keep(const sdk::Call& call, std::string_view name, std::string_view secret,
                   std::chrono::seconds ttl) override;
  sdk::Result<std::optional<std::string>> Recall(const sdk::Call& call, std::string_view name) override;
  sdk::Status Forget(const sdk::Call& call, std::string_view name) override;
  std::string KeyId() override;

 private:
  const state::Secrets& secrets_;
  std::optional<state::SecretStore> kept_;
  const std::string purpose_;
};

}  // namespace sluice::plugin
