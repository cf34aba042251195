// SPDX-License-Identifier: MIT
#include "sites.hpp"

#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string_view>

namespace sluice::plugins::stremio {
namespace {

/// What the proxy that is nearest to the viewer says.
std::string_view FirstOf(std::span<const sdk::Field> headers, std::string_view name) {
  auto list = sdk::FieldValue(headers, name);
  return sdk::TrimSpace(sdk::TakeUpTo(list, ','));
}

}  // namespace

std::string SiteOf(const Settings& settings, const sdk::RequestHead& head) {
  if (!settings.base_url.empty()) return settings.base_url + settings.path;
  auto host = FirstOf(head.headers, "X-Forwarded-Host");
  if (host.empty()) host = sdk::FieldValue(head.headers, "Host");
  const bool tls = sdk::EqualsIgnoreCase(FirstOf(head.headers, "X-Forwarded-Proto"), "https");
  const auto origin = sdk::Origin(std::string(tls ? "https://" : "http://").append(host));
  return origin ? *origin + settings.path : settings.path;
}

std::string_view HostOf(std::string_view site) {
  const auto slashes = site.find("://");
  if (slashes == std::string_view::npos) return {};
  site.remove_prefix(slashes + 3);
  return site.substr(0, site.find('/'));
}

}  // namespace sluice::plugins::stremio
