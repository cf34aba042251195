// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/config/load_parts.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void ReadCache(MapReader& fetch, FetchCache& out) {
  const auto* value = fetch.Find("cache");
  if (value == nullptr) return;
  if (const auto keep = ParseBool(*value)) {
    out.keep = *keep;
    return;
  }
  if (!value->is_object()) return fetch.reporter().Want(fetch.At("cache"), "true, false or a map", *value);
  MapReader map(fetch.reporter(), *value, fetch.At("cache"));
  out.keep = true;
  map.Duration("max_age", out.max_age);
  map.Size("max_size", out.max_size, 1, std::uint64_t{1} << 30U);
  map.Finish();
}

void WantAtLeast(MapReader& map, std::string_view key, milliseconds value, std::string_view least_key,
                 milliseconds least) {
  if (value >= least) return;
  map.reporter().Add(map.At(key), "want at least " + std::string(least_key) + " (" + FormatDuration(least) +
                                      "); found " + FormatDuration(value));
}

void ReadBackoff(MapReader& retry, Retry& out) {
  const auto* value = retry.Find("backoff");
  if (value == nullptr) return;
  MapReader map(retry.reporter(), *value, retry.At("backoff"));
  map.Duration("initial_delay", out.initial_delay, milliseconds(0), minutes(1));
  map.Duration("max_delay", out.max_delay, milliseconds(0), minutes(1));
  map.Real("multiplier", out.multiplier, 1, 100);
  map.Real("jitter", out.jitter, 0, 1);
  map.Finish();
  WantAtLeast(map, "max_delay", out.max_delay, "initial_delay", out.initial_delay);
}

void ReadBudget(MapReader& retry, Retry& out) {
  const auto* value = retry.Find("budget");
  if (value == nullptr) return;
  MapReader map(retry.reporter(), *value, retry.At("budget"));
  map.Duration("ttl", out.budget_ttl, seconds(1), minutes(1));
  map.Whole("min_per_second", out.budget_min_per_second, 0, 1'000'000);
  map.Real("ratio", out.budget_ratio, 0, 1000);
  map.Finish();
}

void ReadRetry(MapReader& fetch, Retry& out) {
  const auto* value = fetch.Find("retry");
  if (value == nullptr) return;
  MapReader map(fetch.reporter(), *value, fetch.At("retry"));
  map.Whole("attempts", out.attempts, 1, 10);
  map.Bool("on_status", out.on_status);
  map.Bool("referer", out.referer);
  ReadBackoff(map, out);
  ReadBudget(map, out);
  map.Finish();
}

void ReadProxy(MapReader& fetch, Proxy& out) {
  const auto* value = fetch.Find("proxy");
  if (value == nullptr) return;
  if (value->is_string()) {
    out.url = ReadProxyUrl(fetch, "proxy", true);
    return;
  }
  MapReader map(fetch.reporter(), *value, fetch.At("proxy"));
  map.Need("url", kProxyWanted);
  out.url = ReadProxyUrl(map, "url", true);
  map.String("username", out.username);
  map.String("password", out.password);
  map.Bool("resolves", out.resolves);
  map.Finish();
  for (const auto* key : {"username", "password"}) {
    const auto& text = std::string_view(key) == "username" ? out.username : out.password;
    if (text.size() > 255) map.reporter().Add(map.At(key), "want at most 255 octets");
  }
  if (!out.password.empty() && out.username.empty()) {
    map.reporter().Add(map.pointer(), "`password` wants a `username`");
  }
}

void ReadTls(MapReader& fetch, UpstreamTls& out) {
  const auto* value = fetch.Find("tls");
  if (value == nullptr) return;
  MapReader map(fetch.reporter(), *value, fetch.At("tls"));
  map.String("server_name", out.server_name);
  if (!out.server_name.empty() && !IsHostName(out.server_name)) {
    map.reporter().Want({out.server_name, map.At("server_name")}, "a host name");
  }
  map.String("ca_file", out.ca_file);
  map.String("certificate", out.certificate);
  map.String("private_key", out.private_key);
  map.Bool("insecure_skip_verify", out.insecure_skip_verify);
  map.Finish();
  if (out.certificate.empty() != out.private_key.empty()) {
    map.reporter().Add(map.pointer(), "want `certificate` and `private_key`, or neither");
  }
}

void ReadHealth(MapReader& fetch, OriginHealth& out) {
  const auto* value = fetch.Find("health");
  if (value == nullptr) return;
  MapReader map(fetch.reporter(), *value, fetch.At("health"));
  map.Whole("failures", out.failures, 1, 100);
  map.Duration("ejected_for", out.ejected_for, seconds(1), hours(1));
  map.Duration("max_ejected_for", out.max_ejected_for, seconds(1), hours(1));
  map.Finish();
  if (!map.Has("max_ejected_for")) out.max_ejected_for = std::max(out.max_ejected_for, out.ejected_for);
  WantAtLeast(map, "max_ejected_for", out.max_ejected_for, "ejected_for", out.ejected_for);
}

void ReadNames(MapReader& map, std::string_view key, std::vector<std::string>& out) {
  if (map.Find(key) == nullptr) return;
  out.clear();
  for (const auto& word : map.Words(key)) {
    if (!IsFieldName(word.value)) map.reporter().Want(word, "the name of a header field");
    out.push_back(word.value);
  }
}

void ReadForwardedFor(MapReader& map, ForwardedFor& out) {
  static constexpr std::array<std::string_view, 3> kWords = {"omit", "append", "replace"};
  std::string text(kWords[static_cast<std::size_t>(out)]);
  map.String("x_forwarded_for", text);
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (text != kWords[i]) continue;
    out = static_cast<ForwardedFor>(i);
    return;
  }
  map.reporter().Want({text, map.At("x_forwarded_for")}, "`omit`, `append` or `replace`");
}

void ReadRequestHeaders(MapReader& fetch, FetchStep& step) {
  const auto* value = fetch.Find("request_headers");
  if (value == nullptr) return;
  MapReader map(fetch.reporter(), *value, fetch.At("request_headers"));
  ReadNames(map, "allow", step.request_headers.allow);
  ReadNames(map, "deny", step.request_headers.deny);
  ReadForwardedFor(map, step.forwarding.x_forwarded_for);
  map.Bool("x_forwarded_host", step.forwarding.x_forwarded_host);
  map.Bool("x_forwarded_proto", step.forwarding.x_forwarded_proto);
  map.Bool("forwarded", step.forwarding.forwarded);
  map.Bool("via", step.forwarding.via);
  map.Finish();
}

void ReadResponseHeaders(MapReader& fetch, FetchStep& step) {
  const auto* value = fetch.Find("response_headers");
  if (value == nullptr) return;
  MapReader map(fetch.reporter(), *value, fetch.At("response_headers"));
  ReadNames(map, "allow", step.response_headers.allow);
  ReadNames(map, "deny", step.response_headers.deny);
  map.Bool("add_accept_ranges", step.add_accept_ranges);
  map.Finish();
}

}  // namespace

std::string ReadProxyUrl(MapReader& map, std::string_view key, bool may_be_direct) {
  std::string url;
  map.String(key, url);
  if (url.empty() || (may_be_direct && url == "direct")) return url;
  if (url.find("://") == std::string::npos) url.insert(0, "socks5h://");  // host:port, as SPROX_PROXY_URL has it
  if (IsProxyUrl(url)) return url;
  map.reporter().Add(map.At(key), "want " + std::string(kProxyWanted));  // unquoted: it may hold a password
  return {};
}

FetchStep ReadFetch(const Json& value, const std::string& pointer, const Reporter& reporter) {
  FetchStep step;
  MapReader map(reporter, value, pointer);
  map.Duration("connect_timeout", step.connect_timeout);
  map.Duration("read_timeout", step.read_timeout);
  map.Whole("max_redirects", step.max_redirects, 0, 20);
  map.Bool("ranges", step.ranges);
  map.Whole("max_concurrent", step.max_concurrent, 0, 1'000'000);
  map.Whole("max_concurrent_per_principal", step.max_concurrent_per_principal, 0, 1'000'000);
  map.Size("max_rate", step.max_rate, 0, std::uint64_t{1} << 40U);
  ReadCache(map, step.cache);
  ReadRetry(map, step.retry);
  ReadProxy(map, step.proxy);
  ReadTls(map, step.tls);
  for (const auto& word : map.Words("origins")) {
    if (!IsOriginUrl(word.value)) reporter.Want(word, "an origin such as https://a.example.com, without a path");
    step.origins.push_back(word.value);
  }
  ReadHealth(map, step.health);
  ReadRequestHeaders(map, step);
  ReadResponseHeaders(map, step);
  map.Finish();
  return step;
}

}  // namespace sluice::config
