// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>

#include "core/config/graft.hpp"
#include "core/config/load_parts.hpp"
#include "core/config/route_form.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::uint32_t kMostAttempts = 10;
constexpr std::int64_t kLongestDelayMs = 60'000;

void CopyMilliseconds(MapReader& from, std::string_view key, Twig& to, std::string_view native,
                      std::string_view otherwise) {
  const auto text = ReadMilliseconds(from, key);
  if (text.empty()) {
    to.Set(native, otherwise);
  } else {
    to.Set(native, text, from.At(key));
  }
}

/// A number between bounds; reported in the words of the form otherwise.
bool ReadNumber(MapReader& map, std::string_view key, double& out, double min, double max, std::string_view wrong) {
  const auto* value = map.Find(key);
  if (value == nullptr) return false;
  if (!value->is_number()) {
    map.reporter().Want(map.At(key), "a number", *value);
    return false;
  }
  out = value->get<double>();
  if (out >= min && out <= max) return true;
  map.reporter().Add(map.At(key), std::string(wrong));
  return false;
}

/// Delays beyond what is sensible are cut to it.
std::int64_t ReadDelay(MapReader& map, std::string_view key, std::int64_t otherwise) {
  const auto duration = ParseDuration(ReadMilliseconds(map, key));
  return duration ? std::min<std::int64_t>(duration->count(), kLongestDelayMs) : otherwise;
}

void ReadBackoff(MapReader& retry, Twig& out) {
  const auto* value = retry.Find("backoff");
  if (value == nullptr) return;
  MapReader map(retry.reporter(), *value, retry.At("backoff"));
  auto backoff = out.Below("backoff");
  const auto longest = ReadDelay(map, "max_delay_ms", 5000);
  const auto first = std::min(ReadDelay(map, "initial_delay_ms", 100), longest);
  backoff.Set("initial_delay", FormatDuration(milliseconds(first)), map.At("initial_delay_ms"));
  backoff.Set("max_delay", FormatDuration(milliseconds(longest)), map.At("max_delay_ms"));
  double number = 0;
  if (ReadNumber(map, "multiplier", number, 1, HUGE_VAL, "multiplier must be greater than or equal to 1.0")) {
    backoff.Set("multiplier", std::min(number, 100.0), map.At("multiplier"));
  }
  if (ReadNumber(map, "jitter", number, 0, 1, "jitter must be between 0.0 and 1.0")) {
    backoff.Set("jitter", number, map.At("jitter"));
  }
  map.Finish();
  out.Set("backoff", std::move(backoff).Take(), map.pointer());
}

void ReadBudget(MapReader& retry, Twig& out) {
  const auto* value = retry.Find("budget");
  if (value == nullptr) return;
  MapReader map(retry.reporter(), *value, retry.At("budget"));
  auto budget = out.Below("budget");
  double number = 0;
  if (ReadNumber(map, "ttl_ms", number, 1000, 60'000,
                 "ttl_ms must be between 1000 and 60000 milliseconds (1-60 seconds)")) {
    budget.Set("ttl", FormatDuration(milliseconds(static_cast<std::int64_t>(number))), map.At("ttl_ms"));
  }
  std::uint32_t per_second = 10;
  map.Whole("min_per_sec", per_second, 0, 1'000'000);
  budget.Set("min_per_second", per_second, map.At("min_per_sec"));
  if (ReadNumber(map, "retry_ratio", number, 0, 1000, "retry_ratio must be between 0.0 and 1000.0")) {
    budget.Set("ratio", number, map.At("retry_ratio"));
  }
  map.Finish();
  out.Set("budget", std::move(budget).Take(), map.pointer());
}

void ReadTls(MapReader& upstream, Twig& fetch) {
  const auto* value = upstream.Find("tls");
  if (value == nullptr) return;
  MapReader map(upstream.reporter(), *value, upstream.At("tls"));
  bool flag = false;
  map.Bool("enabled", flag);  // the origin's scheme says it
  auto tls = fetch.Below("tls");
  std::string name;
  map.String("sni_hostname", name);
  name = Trimmed(name);
  if (!name.empty()) tls.Set("server_name", name, map.At("sni_hostname"));
  flag = false;
  map.Bool("insecure_skip_verify", flag);
  if (flag) tls.Set("insecure_skip_verify", true, map.At("insecure_skip_verify"));
  map.Finish();
  fetch.Set("tls", std::move(tls).Take(), map.pointer());
}

void ReadSocks5(MapReader& upstream, Twig& fetch) {
  const auto* value = upstream.Find("socks5");
  if (value == nullptr) return;
  MapReader map(upstream.reporter(), *value, upstream.At("socks5"));
  bool enabled = false;
  map.Bool("enabled", enabled);
  std::string address;
  std::string username;
  std::string password;
  map.String("address", address);
  map.String("username", username);
  map.String("password", password);
  map.Finish();
  address = Trimmed(address);
  if (!enabled) return;
  const auto url = "socks5h://" + address;
  if (address.empty()) return map.reporter().Add(map.At("address"), "address must be set when SOCKS5 is enabled");
  if (!IsProxyUrl(url)) return map.reporter().Want({address, map.At("address")}, "host:port");
  auto proxy = fetch.Below("proxy");
  proxy.Set("url", url, map.At("address"));
  if (!username.empty()) proxy.Set("username", username, map.At("username"));
  if (!password.empty()) proxy.Set("password", password, map.At("password"));
  fetch.Set("proxy", std::move(proxy).Take(), map.pointer());
}

Json ReadNames(MapReader& map, std::string_view key, Json names) {
  for (const auto& text : ReadFilled(map, key, "header name must not be empty")) {
    const auto name = Trimmed(text.value);
    if (!IsFieldName(name)) {
      ReportPart(map.reporter(), text.pointer, "invalid header name", Ticked(name));
    } else {
      names.push_back(name);
    }
  }
  return names;
}

void ReadHeaders(MapReader& upstream, Twig& fetch) {
  auto fields = fetch.Below("request_headers");
  auto from = upstream.pointer();
  std::string forwarded_for = "append";
  Json allow = Json::array({"*"});
  Json deny = Json::array();
  if (const auto* value = upstream.Find("headers"); value != nullptr) {
    MapReader map(upstream.reporter(), *value, upstream.At("headers"));
    from = map.pointer();
    allow = ReadNames(map, "allow", std::move(allow));
    deny = ReadNames(map, "deny", std::move(deny));
    map.String("x_forwarded_for", forwarded_for);
    forwarded_for = sdk::LowerCase(Trimmed(forwarded_for));
    if (forwarded_for != "append" && forwarded_for != "replace") {
      map.reporter().Add(map.At("x_forwarded_for"),
                         "unsupported value " +
                             Describe(forwarded_for, map.reporter().Secret(map.At("x_forwarded_for"))) +
                             "; expected `append` or `replace`");
    }
    map.Finish();
  }
  fields.Set("allow", std::move(allow), from + "/allow");
  fields.Set("deny", std::move(deny), from + "/deny");
  fields.Set("x_forwarded_for", forwarded_for, from + "/x_forwarded_for");
  for (const auto* key : {"x_forwarded_host", "x_forwarded_proto", "via"}) fields.Set(key, true);
  fetch.Set("request_headers", std::move(fields).Take(), from);
  fetch.Set("response_headers", {{"allow", "*"}});
}

void ReadRedirects(MapReader& upstream, Twig& fetch) {
  std::uint32_t most = 7;
  if (const auto* value = upstream.Find("redirect"); value != nullptr) {
    MapReader map(upstream.reporter(), *value, upstream.At("redirect"));
    map.Whole("follow_max", most, 0, 0xFFFFFFFF);
    map.Finish();
    if (most == 0) map.reporter().Add(map.pointer(), "follow_max must be at least 1");
  }
  fetch.Set("max_redirects", std::min(most, 10U), upstream.At("redirect"));
}

}  // namespace

void ReadRouteRetry(MapReader& around, Twig& fetch, bool referer) {
  auto retry = fetch.Below("retry");
  if (referer) retry.Set("referer", true);
  const auto* value = around.Find("retry");
  if (value == nullptr) {
    if (referer) fetch.Set("retry", std::move(retry).Take());
    return;
  }
  MapReader map(around.reporter(), *value, around.At("retry"));
  std::uint32_t attempts = 3;
  map.Whole("max_attempts", attempts, 0, 0xFFFFFFFF);
  if (attempts == 0) map.reporter().Add(map.At("max_attempts"), "max_attempts must be greater than zero");
  retry.Set("attempts", std::clamp(attempts, 1U, kMostAttempts), map.At("max_attempts"));
  ReadBackoff(map, retry);
  ReadBudget(map, retry);
  map.Finish();
  fetch.Set("retry", std::move(retry).Take(), map.pointer());
}

void ReadRouteUpstream(MapReader& route, Twig& resolve, Twig& fetch, Twig& step) {
  const auto* value = route.Need("upstream", "a map with `origin`");
  if (value == nullptr) return;
  MapReader map(route.reporter(), *value, route.At("upstream"));
  std::string origin;
  map.Need("origin", "the URL that requests go to");
  map.String("origin", origin);
  origin = Trimmed(origin);
  if (map.Find("origin") != nullptr && !IsBaseUrl(origin)) {
    map.reporter().Add(map.At("origin"), "invalid URL: want http:// or https://, a host and, if any, a path");
  }
  resolve.Set("origin", origin, map.At("origin"));
  CopyMilliseconds(map, "connect_timeout_ms", fetch, "connect_timeout", "10s");
  CopyMilliseconds(map, "read_timeout_ms", fetch, "read_timeout", "30s");
  CopyMilliseconds(map, "request_timeout_ms", step, "deadline", "30s");
  ReadRedirects(map, fetch);
  ReadRouteRetry(map, fetch, true);
  ReadSocks5(map, fetch);
  ReadTls(map, fetch);
  ReadHeaders(map, fetch);
  map.Finish();
}

}  // namespace sluice::config
