// SPDX-License-Identifier: MIT
#include "core/config/route_form.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>

#include "core/config/graft.hpp"
#include "core/config/load_parts.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

void ReadAcme(MapReader& tls) {
  const auto* value = tls.Find("acme");
  if (value == nullptr) return;
  MapReader map(tls.reporter(), *value, tls.At("acme"));
  bool enabled = false;
  map.Bool("enabled", enabled);
  const auto contacts = ReadFilled(map, "contact_emails", "contact email must not be empty");
  std::string text;
  map.String("directory_url", text);
  text.clear();
  map.String("cache_path", text);
  map.Finish();
  if (!enabled) return;
  if (Trimmed(text).empty()) {
    map.reporter().Add(map.At("cache_path"), "cache_path must be set when ACME automation is enabled");
  }
  if (!map.Has("contact_emails") || contacts.empty()) {
    map.reporter().Add(map.At("contact_emails"),
                       "at least one contact email must be provided when ACME automation is enabled");
  }
}

/// \returns  whether the listener speaks TLS.
bool ReadListenTls(MapReader& listen, Twig& listener) {
  const auto* value = listen.Find("tls");
  if (value == nullptr) return false;
  MapReader map(listen.reporter(), *value, listen.At("tls"));
  bool enabled = false;
  map.Bool("enabled", enabled);
  bool watch = true;
  map.Bool("watch_for_changes", watch);
  ReadAcme(map);
  auto tls = listener.Below("tls");
  for (const auto& [key, native] :
       {std::pair("certificate_path", "certificate"), {"private_key_path", "private_key"}}) {
    std::string path;
    map.String(key, path);
    path = Trimmed(path);
    if (enabled && path.empty()) {
      map.reporter().Add(map.At(key), std::string(key) + " must be set when TLS is enabled");
    }
    tls.Set(native, path, map.At(key));
  }
  map.Finish();
  if (enabled) listener.Set("tls", std::move(tls).Take(), map.pointer());
  return enabled;
}

/// One route on its way into the native form.
class RouteReader {
 public:
  RouteReader(const Reporter& reporter, const Json& value, const std::string& pointer, Graft& graft, const Json& root)
      : map_(reporter, value, pointer), graft_(graft), root_(root) {}

  void Read() {
    auto id = ReadId();
    const auto name = graft_.FreeName("pipelines", id);
    Twig match(graft_, "/pipelines" + Child(name) + "/match");
    ReadListen(match);
    ReadHosts(match);
    ReadProtocols(match);
    match.Set("path", "/**");

    const auto steps = "/pipelines" + Child(name) + "/steps";
    Twig resolve(graft_, steps + "/0/resolve");
    Twig fetch_step(graft_, steps + "/1");
    auto fetch = fetch_step.Below("fetch");
    resolve.Set("type", "route");
    ReadRouteUpstream(map_, resolve, fetch, fetch_step);
    const auto from = map_.At("upstream");
    graft_.Mark(steps + "/0", from);
    graft_.Mark(steps + "/1", from);
    fetch_step.Set("fetch", std::move(fetch).Take(), from);
    Json list = Json::array({{{"resolve", std::move(resolve).Take()}}, std::move(fetch_step).Take()});
    Twig rewrite(graft_, steps + "/2/rewrite");
    if (ReadHls(rewrite)) list.push_back({{"rewrite", std::move(rewrite).Take()}});
    map_.Finish();
    graft_.Put("pipelines", name, {{"match", std::move(match).Take()}, {"steps", std::move(list)}}, map_.pointer());
  }

 private:
  const Reporter& reporter() const { return map_.reporter(); }

  std::string ReadId() {
    std::string id;
    map_.String("id", id);
    id = Trimmed(id);
    if (id.empty() && !reporter().Broken(map_.At("id"))) {
      reporter().Add(map_.At("id"), "route id must not be empty");
    }
    for (auto& c : id) {
      if (!IsName(std::string("a") + c)) c = '-';
    }
    id.resize(std::min<std::size_t>(id.size(), 100));
    return IsName(id) ? id : "route-" + id;
  }

  void ReadListen(Twig& match) {
    const auto* value = map_.Need("listen", "a map with `host` and `port`");
    if (value == nullptr) return;
    MapReader map(reporter(), *value, map_.At("listen"));
    std::string host;
    map.String("host", host);
    host = Trimmed(host);
    if (host.empty() && !reporter().Broken(map.At("host"))) reporter().Add(map.At("host"), "host must not be empty");
    std::uint32_t port = 0;
    map.Need("port", "a port from 0 to 65535");
    map.Whole("port", port, 0, 65535);
    const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
    const auto address = ParseListenAddress((bare_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port));
    if (!address && !host.empty()) reporter().Want({host, map.At("host")}, "an address or a host name");
    const auto base = "port-" + std::to_string(port);
    Twig listener(graft_, "/listeners" + Child(graft_.FreeName("listeners", base)));
    const bool tls = ReadListenTls(map, listener);
    map.Finish();
    listener.Set("address", address.value_or(""), map.pointer());
    match.Set("listener", Listener(std::move(listener).Take(), base, map.pointer(), tls), map.pointer());
  }

  /// The listener with the address of `wanted`: one that is there, or `wanted` under a new name.
  std::string Listener(Json wanted, const std::string& base, const std::string& from, bool tls) {
    const auto& address = wanted["address"].get_ref<const std::string&>();
    if (const auto held = root_.find("listeners"); held != root_.end() && held->is_object()) {
      for (const auto& [name, listener] : held->items()) {
        if (!listener.is_object() || !listener.contains("address") || !listener["address"].is_string()) continue;
        if (ParseListenAddress(listener["address"].get_ref<const std::string&>()) == address) return name;
      }
    }
    for (const auto& [name, listener] : graft_.Entries("listeners").items()) {
      if (listener["address"] != address) continue;
      if ((tls || listener.contains("tls")) && listener.value("tls", Json()) != wanted.value("tls", Json())) {
        reporter().Add(from + "/tls", "the routes of one host and port share its certificate; want the same in all");
      }
      return name;
    }
    auto name = graft_.FreeName("listeners", base);
    graft_.Put("listeners", name, wanted, from);
    return name;
  }

  void ReadHosts(Twig& match) {
    Json hosts = Json::array();
    for (const auto& text : ReadFilled(map_, "host_patterns", "host pattern must not be empty")) {
      auto host = sdk::LowerCase(Trimmed(text.value));
      if (!IsHostGlob(host)) reporter().Want(text, "a host without a port, such as *.vod.example.com");
      hosts.push_back(std::move(host));
    }
    match.Set("hosts", std::move(hosts), map_.At("host_patterns"));
  }

  void ReadProtocols(Twig& match) {
    Json protocols = Json::array();
    for (const auto& text : ReadFilled(map_, "protocols", "protocol must not be empty")) {
      auto protocol = sdk::LowerCase(Trimmed(text.value));
      if (protocol != "http" && protocol != "https") {
        ReportPart(reporter(), text.pointer, "unsupported protocol", Ticked(protocol));
      }
      protocols.push_back(std::move(protocol));
    }
    match.Set("protocols", std::move(protocols), map_.At("protocols"));
  }

  /// \returns  whether playlists are rewritten.
  bool ReadHls(Twig& rewrite) {
    const auto* value = map_.Find("hls");
    if (value == nullptr) return false;
    MapReader map(reporter(), *value, map_.At("hls"));
    bool enabled = false;
    bool rewrites = false;
    bool insecure = false;
    map.Bool("enabled", enabled);
    map.Bool("rewrite_playlist_urls", rewrites);
    map.Bool("allow_insecure_segments", insecure);
    std::string base;
    map.String("base_url", base);
    const bool set = map.Find("base_url") != nullptr;
    map.Finish();
    base = Trimmed(base);
    if (set && base.empty()) {
      reporter().Add(map.At("base_url"), "base_url must not be empty when set");
    } else if (set && !IsBaseUrl(base)) {
      reporter().Add(map.At("base_url"), "invalid URL: want http:// or https://, a host and, if any, a path");
    } else if (!set && enabled && rewrites && !reporter().Broken(map.At("base_url"))) {
      reporter().Add(map.At("base_url"), "base_url must be provided when rewrite_playlist_urls is true");
    }
    if (!enabled || !rewrites) return false;
    rewrite.Set("use", Json::array({insecure ? InsecureRewriter(map.At("allow_insecure_segments")) : "hls"}),
                map.pointer());
    rewrite.Set("base_url", base, map.At("base_url"));
    return true;
  }

  /// The component of all routes that allow http below https.
  std::string InsecureRewriter(const std::string& from) {
    const Json wanted = {{"kind", "manifest"}, {"type", "hls"}, {"config", {{"allow_insecure_segments", true}}}};
    for (const auto& [name, component] : graft_.Entries("components").items()) {
      if (component == wanted) return name;
    }
    auto name = graft_.FreeName("components", "hls-insecure");
    graft_.Put("components", name, wanted, from);
    return name;
  }

  MapReader map_;
  Graft& graft_;
  const Json& root_;
};

void ReadRoutes(MapReader& root, const Json& document, Graft& graft) {
  if (!root.Has("routes")) return;
  const auto* routes = root.Find("routes");
  const auto pointer = root.At("routes");
  const auto& reporter = root.reporter();
  if (routes == nullptr || (routes->is_array() && routes->empty())) {
    if (!reporter.Broken(pointer)) reporter.Add(pointer, "at least one route must be defined");
    return;
  }
  if (!routes->is_array()) return reporter.Want(pointer, "a list of routes", *routes);
  for (std::size_t i = 0; i < routes->size(); ++i) {
    RouteReader(reporter, (*routes)[i], pointer + Child(i), graft, document).Read();
  }
}

/// Whether it takes secrets by calls of its operator, and does not say for how long.
bool WantsDefaultTtl(const Json& component) {
  if (!component.is_object() || component.value("kind", Json()) != "endpoint") return false;
  if (component.value("type", Json()) != "clearkey") return false;
  const auto config = component.find("config");
  if (config == component.end() || config->is_null()) return true;
  return config->is_object() && config->value("default_ttl", Json()).is_null();
}

void ReadSecrets(MapReader& root, const Json& document, Graft& graft) {
  const auto* value = root.Find("secrets");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("secrets"));
  std::uint32_t ttl = 300;
  map.Whole("default_ttl_secs", ttl, 0, 0xFFFFFFFF);
  if (ttl == 0) map.reporter().Add(map.At("default_ttl_secs"), "duration must be greater than zero");
  const bool said = map.Find("default_ttl_secs") != nullptr;
  map.Finish();
  const auto components = document.find("components");
  if (!said || components == document.end() || !components->is_object()) return;
  for (const auto& [name, component] : components->items()) {
    if (!WantsDefaultTtl(component)) continue;
    graft.Insert(Child("components") + Child(name) + "/config/default_ttl", ttl, map.At("default_ttl_secs"));
  }
}

/// Keys that stand for nothing here: checked all the same.
void ReadLogging(MapReader& root) {
  if (const auto* value = root.Find("sensitive_logging"); value != nullptr) {
    MapReader map(root.reporter(), *value, root.At("sensitive_logging"));
    bool flag = false;
    map.Bool("log_sensitive_headers", flag);
    map.Bool("redact_sensitive_queries", flag);
    map.Finish();
  }
}

bool UsesForm(const Json& root) {
  return std::any_of(std::begin(kRouteFormKeys), std::end(kRouteFormKeys),
                     [&](std::string_view key) { return root.contains(key); });
}

}  // namespace

std::vector<Text> ReadFilled(MapReader& map, std::string_view key, std::string_view blank) {
  auto texts = map.Strings(key);
  std::erase_if(texts, [&](const Text& text) {
    if (!Trimmed(text.value).empty()) return false;
    map.reporter().Add(text.pointer, std::string(blank));
    return true;
  });
  return texts;
}

bool IsUnset(MapReader& map, std::string_view key) {
  const auto* value = map.Find(key);
  return value == nullptr || (value->is_string() && Trimmed(value->get_ref<const std::string&>()).empty());
}

std::string ReadMilliseconds(MapReader& map, std::string_view key) {
  if (IsUnset(map, key)) return {};
  const auto& value = *map.Find(key);
  if (!value.is_number_integer()) {
    map.reporter().Want(map.At(key), "a whole number of milliseconds", value);
  } else if (value <= Json(0)) {
    map.reporter().Add(map.At(key), "duration must be greater than zero");
  } else if (value > Json(kLongest.count())) {
    map.reporter().Want(map.At(key), "at most " + std::to_string(kLongest.count()) + " milliseconds", value);
  } else {
    return FormatDuration(milliseconds(value.get<std::int64_t>()));
  }
  return {};
}

void CompileRouteForm(Document& document, Faults& faults) {
  if (!UsesForm(document.root)) return;
  Graft graft(document);
  const auto before = faults.all().size();
  {
    const Reporter reporter(document, faults);
    MapReader root(reporter, document.root, "");
    ReadDirectStream(root, graft);
    ReadRoutes(root, document.root, graft);
    ReadSecrets(root, document.root, graft);
    ReadLogging(root);
  }
  if (!document.root.contains("version")) document.root["version"] = 1;
  if (faults.all().size() == before) {
    std::move(graft).Apply(document);
  } else if (!document.root.contains("listeners")) {
    document.broken.insert("/listeners");  // a route would have brought one: no fault of its own
  }
}

}  // namespace sluice::config
