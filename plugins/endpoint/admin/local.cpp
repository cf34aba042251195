// SPDX-License-Identifier: MIT
#include "local.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::admin {
namespace {

bool IsLocalName(std::string_view host) {
  const auto end = host.substr(0, 1) == "[" ? host.find(']') : host.find(':');
  if (host.substr(0, 1) == "[") return end != std::string_view::npos && IsLoopback(host.substr(1, end - 1));
  const auto name = host.substr(0, end);
  return sdk::EqualsIgnoreCase(name, "localhost") || IsLoopback(name);
}

}  // namespace

bool IsLoopback(std::string_view ip) {
  if (ip == "::1") return true;
  if (sdk::EqualsIgnoreCase(ip.substr(0, 7), "::ffff:")) ip.remove_prefix(7);
  // A name such as 127.evil.example is no address.
  return ip.substr(0, 4) == "127." && ip.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool IsDirect(std::span<const sdk::Field> headers) {
  for (const std::string_view of_proxies : {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"}) {
    const auto is_there = [&](const sdk::Field& field) { return sdk::EqualsIgnoreCase(field.name, of_proxies); };
    if (std::any_of(headers.begin(), headers.end(), is_there)) return false;  // also when it is empty
  }
  const auto host = sdk::FieldValue(headers, "Host");
  if (!host.empty() && !IsLocalName(host)) return false;
  const auto origin = sdk::FieldValue(headers, "Origin");
  if (origin.empty()) return true;
  const auto authority = origin.find("://");
  return authority != std::string_view::npos && sdk::EqualsIgnoreCase(origin.substr(authority + 3), host);
}

}  // namespace sluice::plugins::admin
