// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>

#include "core/config/graft.hpp"
#include "core/config/load_parts.hpp"
#include "core/config/route_form.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view kPath = "/proxy/stream/**";
constexpr std::uint32_t kMaxRedirects = 10;
constexpr std::uint32_t kMaxConcurrent = 50;

const Json kRequestFields = {"Accept",   "Accept-Encoding", "Accept-Language",   "Cache-Control", "Pragma",  "Range",
                             "If-Range", "If-None-Match",   "If-Modified-Since", "User-Agent",    "Referer", "Origin"};
/// Content-Encoding and Vary belong to bodies as they are; Retry-After to refusals.
const Json kResponseFields = {"Content-Type",     "Content-Length", "Content-Range", "Accept-Ranges", "ETag",
                              "Last-Modified",    "Cache-Control",  "Expires",       "Pragma",        "Date",
                              "Content-Encoding", "Vary",           "Retry-After"};

Json ReadSchemes(MapReader& entry) {
  Json schemes = Json::array();
  for (const auto& text : ReadFilled(entry, "schemes", "scheme must not be empty")) {
    const auto scheme = sdk::LowerCase(Trimmed(text.value));
    if (scheme != "http" && scheme != "https") {
      ReportPart(entry.reporter(), text.pointer, "unsupported scheme", Ticked(scheme));
    } else {
      schemes.push_back(scheme);
    }
  }
  if (schemes.empty()) schemes.push_back("https");
  return schemes;
}

Json ReadPaths(MapReader& entry) {
  Json paths = Json::array();
  for (const auto& text : ReadFilled(entry, "paths", "path glob must not be empty")) {
    const auto path = Trimmed(text.value);
    if (!path.starts_with('/')) entry.reporter().Add(text.pointer, "path glob must start with `/`");
    paths.push_back(path);
  }
  return paths;
}

Json ReadAllowList(MapReader& direct) {
  Json list = Json::array();
  const auto* value = direct.Find("allowlist");
  if (value == nullptr) return list;
  const auto pointer = direct.At("allowlist");
  if (!value->is_array()) {
    direct.reporter().Want(pointer, "a list of {domain, schemes, paths}", *value);
    return list;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    MapReader entry(direct.reporter(), (*value)[i], pointer + Child(i));
    std::string domain;
    entry.String("domain", domain);
    domain = sdk::LowerCase(Trimmed(domain));
    if (domain.empty() && !direct.reporter().Broken(entry.At("domain"))) {
      direct.reporter().Add(entry.At("domain"), "domain must not be empty");
    }
    list.push_back({{"domain", domain}, {"schemes", ReadSchemes(entry)}, {"paths", ReadPaths(entry)}});
    entry.Finish();
  }
  return list;
}

/// HTTP/2 windows: there are none here. \returns nothing; reports what is no size.
void CheckBufferSize(MapReader& direct) {
  constexpr std::string_view kKey = "response_buffer_bytes";
  if (IsUnset(direct, kKey)) return;
  const auto& value = *direct.Find(kKey);
  if (!value.is_number_integer()) {
    direct.reporter().Want(direct.At(kKey), "a whole number of octets", value);
  } else if (value <= Json(0)) {
    direct.reporter().Add(direct.At(kKey), "buffer size must be greater than zero");
  } else if (value > Json(4294967295U)) {
    direct.reporter().Add(direct.At(kKey), "buffer size must not exceed 4294967295");
  }
}

void ReadProxy(MapReader& direct, Twig& fetch) {
  std::string url;
  direct.String("proxy_url", url);
  url = Trimmed(url);
  if (url.empty()) return;
  if (!IsProxyUrl(url)) {
    direct.reporter().Add(direct.At("proxy_url"), "invalid URL: want " + std::string(kProxyWanted));
    return;
  }
  // By that form's rules socks5 is asked to look names up; here the guard has looked already.
  auto proxy = fetch.Below("proxy");
  proxy.Set("url", url, direct.At("proxy_url"));
  fetch.Set("proxy", std::move(proxy).Take(), direct.At("proxy_url"));
}

void CopyTimeout(MapReader& direct, std::string_view key, std::string_view otherwise, Twig& to,
                 std::string_view native) {
  const auto text = ReadMilliseconds(direct, key);
  to.Set(native, text.empty() ? std::string(otherwise) : text, direct.At(key));
}

}  // namespace

void ReadDirectStream(MapReader& root, Graft& graft) {
  const auto* value = root.Find("direct_stream");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("direct_stream"));
  const auto name = graft.FreeName("pipelines", "direct-stream");
  const auto steps = "/pipelines" + Child(name) + "/steps";
  Twig resolve(graft, steps + "/0/resolve");
  Twig fetch_step(graft, steps + "/1");
  auto fetch = fetch_step.Below("fetch");
  std::string password;
  map.String("api_password", password);
  resolve.Set("type", "direct");
  resolve.Set("api_password", Trimmed(password), map.At("api_password"));
  resolve.Set("allowlist", ReadAllowList(map), map.At("allowlist"));
  CopyTimeout(map, "connect_timeout_ms", "10s", fetch, "connect_timeout");
  CopyTimeout(map, "read_timeout_ms", "30s", fetch, "read_timeout");
  CopyTimeout(map, "request_timeout_ms", "30s", fetch_step, "deadline");
  CheckBufferSize(map);
  ReadProxy(map, fetch);
  ReadRouteRetry(map, fetch, false);
  map.Finish();
  fetch.Set("max_redirects", kMaxRedirects);
  fetch.Set("max_concurrent", kMaxConcurrent);
  fetch.Set("request_headers", {{"allow", kRequestFields}});
  fetch.Set("response_headers", {{"allow", kResponseFields}, {"add_accept_ranges", true}});
  fetch_step.Set("fetch", std::move(fetch).Take(), map.pointer());
  graft.Mark(steps + "/0", map.pointer());
  graft.Mark(steps + "/1", map.pointer());
  graft.Put("pipelines", name,
            // The password stands in the query: no request for this path is a route's.
            {{"match", {{"path", kPath}, {"methods", Json::array({"GET"})}, {"exclusive", true}}},
             {"steps", Json::array({{{"resolve", std::move(resolve).Take()}}, std::move(fetch_step).Take()})}},
            map.pointer());
}

}  // namespace sluice::config
