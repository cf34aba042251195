// SPDX-License-Identifier: MIT
#include "core/upstream/profile.hpp"

#include <algorithm>

#include "core/telemetry/log.hpp"
#include "core/upstream/target.hpp"

namespace sluice::upstream {
namespace {

sdk::Error Below(const char* pointer, sdk::Error error) {
  error.message.insert(0, pointer);
  return error;
}

sdk::Error Fault(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Result<std::vector<Origin>> ReadOrigins(const std::vector<std::string>& urls) {
  std::vector<Origin> origins;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const auto pointer = "/origins/" + std::to_string(i);
    const auto target = ParseTarget(urls[i]);
    if (!target || target->path != "/") return Fault(pointer + ": want http:// or https://, a host and nothing more");
    if (std::find(origins.begin(), origins.end(), target->origin) != origins.end()) {
      return Fault(pointer + ": want each origin once");
    }
    origins.push_back(target->origin);
  }
  return origins;
}

}  // namespace

sdk::Result<std::shared_ptr<const Profile>> Profile::Make(ProfileOptions options) {
  if (options.proxy && (options.proxy->host.empty() || options.proxy->port == 0)) {
    return Fault("/proxy: want a host and a port");
  }
  if (options.proxy_resolves && !options.proxy) return Fault("/proxy_resolves: want a proxy");
  if (auto valid = options.retry.Validate(); !valid) return Below("/retry", std::move(valid).error());
  auto origins = ReadOrigins(options.origins);
  if (!origins) return std::move(origins).error();
  auto context = MakeTlsContext(options.tls);
  if (!context) return Below("/tls", std::move(context).error());
  if (options.tls.insecure_skip_verify) {
    telemetry::Log(telemetry::Level::kWarning,
                   "TLS CERTIFICATES ARE NOT VERIFIED: whoever stands in between can read and forge what this sends",
                   {{"used_by", options.name}});
  }
  if (options.proxy) telemetry::AddSecret(options.proxy->password);
  std::shared_ptr<Profile> profile(new Profile(std::move(options)));
  profile->origins_ = std::move(*origins);
  profile->tls_context_ = std::move(*context);
  return std::shared_ptr<const Profile>(std::move(profile));
}

}  // namespace sluice::upstream
