// SPDX-License-Identifier: MIT
#include "core/plugin/instance_services.hpp"

#include <algorithm>
#include <exception>
#include <sluice/sdk/detail/running_call.hpp>
#include <vector>

#include "core/plugin/without_place.hpp"
#include "core/state/kv.hpp"
#include "core/state/secrets.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

constexpr std::size_t kMaxLogFields = 32;
constexpr std::size_t kMaxRandomBytes = 4096;

sdk::Error Bad(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Error NoStore() { return {.code = sdk::Errc::kUnsupported, .message = "this server keeps no secrets"}; }

sdk::Status CheckKey(std::string_view key) {
  if (key.empty() || key.size() > InstanceKv::kMaxKeyBytes) return Bad("kv key: want 1 to 512 bytes");
  return sdk::Ok();
}

sdk::Status CheckEntry(std::string_view key, std::string_view value, std::chrono::seconds ttl) {
  if (auto status = CheckKey(key); !status) return status;
  if (value.size() > InstanceKv::kMaxValueBytes) return Bad("kv value: want at most 1 MiB");
  if (ttl < std::chrono::seconds::zero()) return Bad("kv ttl: want 0 or more seconds");
  return sdk::Ok();
}

constexpr auto kCacheAway = "the cache is away";

/// "<kind>/<component>". A "/" in the name is escaped, so that no two components share a name space.
std::string NameSpace(std::string_view kind, std::string_view component) {
  std::string out = std::string(kind) + "/";
  for (const char c : component) {
    if (c == '/' || c == '%') {
      out += c == '/' ? "%2F" : "%25";
    } else {
      out += c;
    }
  }
  return out;
}

/// Of the request that a plugin's code on this thread works for; empty: for none.
std::string_view RequestId() {
  const auto* running = sdk::detail::RunningCall::Innermost();
  return running == nullptr ? std::string_view() : running->request_id();
}

}  // namespace

std::string SecretsPurpose(std::string_view kind, std::string_view component) {
  return "plugin/" + NameSpace(kind, component);
}

bool InstanceLog::Enabled(sdk::LogLevel level) const noexcept { return telemetry::LogEnabled(level); }

void InstanceLog::Write(sdk::LogLevel level, std::string_view message, std::span<const sdk::Field> fields) noexcept {
  try {
    std::vector<sdk::Field> all = {{"plugin", plugin_}};
    if (!component_.empty()) all.push_back({"component", component_});
    if (const auto id = RequestId(); !id.empty()) all.push_back({"request_id", id});
    const auto kept = fields.first(std::min(fields.size(), kMaxLogFields));
    all.insert(all.end(), kept.begin(), kept.end());
    telemetry::Log(level, message, all);
  } catch (const std::exception&) {
    return;  // out of memory: a line is lost, the call goes on
  }
}

InstanceKv::InstanceKv(state::KvStore& store, std::string_view kind, std::string_view component)
    : store_(store), prefix_(NameSpace(kind, component) + "/") {}

sdk::Result<std::optional<std::string>> InstanceKv::Get(const sdk::Call& /*call*/, std::string_view key) {
  if (auto status = CheckKey(key); !status) return std::move(status).error();
  return WithoutPlace(store_.Get(Whole(key)), kCacheAway);
}

sdk::Status InstanceKv::Put(const sdk::Call& /*call*/, std::string_view key, std::string_view value,
                            std::chrono::seconds ttl) {
  if (auto status = CheckEntry(key, value, ttl); !status) return status;
  return WithoutPlace(store_.Put(Whole(key), value, ttl), kCacheAway);
}

sdk::Result<bool> InstanceKv::PutIf(const sdk::Call& /*call*/, std::string_view key,
                                    std::optional<std::string_view> expected, std::string_view value,
                                    std::chrono::seconds ttl) {
  if (auto status = CheckEntry(key, value, ttl); !status) return std::move(status).error();
  return WithoutPlace(store_.PutIf(Whole(key), expected, value, ttl), kCacheAway);
}

sdk::Status InstanceKv::Erase(const sdk::Call& /*call*/, std::string_view key) {
  if (auto status = CheckKey(key); !status) return status;
  return WithoutPlace(store_.Erase(Whole(key)), kCacheAway);
}

sdk::Result<std::int64_t> InstanceKv::Increment(const sdk::Call& /*call*/, std::string_view key, std::int64_t by,
                                                std::chrono::seconds ttl) {
  if (auto status = CheckEntry(key, {}, ttl); !status) return std::move(status).error();
  return WithoutPlace(store_.Increment(Whole(key), by, ttl), kCacheAway);
}

InstanceSecrets::InstanceSecrets(const state::Secrets& secrets, state::KvStore* store, std::string_view kind,
                                 std::string_view component)
    : secrets_(secrets), purpose_(SecretsPurpose(kind, component)) {
  if (store != nullptr) kept_.emplace(*store, secrets);
}

sdk::Result<std::string> InstanceSecrets::Seal(std::string_view plaintext, std::string_view context) {
  return secrets_.Seal(purpose_, plaintext, context);
}

sdk::Result<std::string> InstanceSecrets::Open(std::string_view sealed, std::string_view context) {
  return secrets_.Open(purpose_, sealed, context);
}

bool InstanceSecrets::Equal(std::string_view a, std::string_view b) const noexcept {
  return state::ConstantTimeEqual(a, b);
}

std::string InstanceSecrets::Fingerprint(std::string_view secret) { return secrets_.Fingerprint(purpose_, secret); }

sdk::Result<std::string> InstanceSecrets::SealDeterministic(std::string_view plaintext) {
  return secrets_.SealDeterministic(purpose_, plaintext);
}

sdk::Result<std::string> InstanceSecrets::OpenDeterministic(std::string_view sealed) {
  return secrets_.OpenDeterministic(purpose_, sealed);
}

sdk::Status InstanceSecrets::Keep(const sdk::Call& /*call*/, std::string_view name, std::string_view secret,
                                  std::chrono::seconds ttl) {
  if (!kept_) return NoStore();
  return WithoutPlace(kept_->Keep(name, secret, ttl), kCacheAway);
}

sdk::Result<std::optional<std::string>> InstanceSecrets::Recall(const sdk::Call& /*call*/, std::string_view name) {
  if (!kept_) return NoStore();
  return WithoutPlace(kept_->Recall(name), kCacheAway);
}

sdk::Status InstanceSecrets::Forget(const sdk::Call& /*call*/, std::string_view name) {
  if (!kept_) return NoStore();
  return WithoutPlace(kept_->Forget(name), kCacheAway);
}

std::string InstanceSecrets::KeyId() { return secrets_.KeyId(); }

std::string InstanceSecrets::Random(std::size_t size) {
  return state::RandomBytes(std::clamp<std::size_t>(size, 1, kMaxRandomBytes));
}

}  // namespace sluice::plugin
