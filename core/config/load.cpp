// SPDX-License-Identifier: MIT
#include "core/config/load.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/config/document.hpp"
#include "core/config/graft.hpp"
#include "core/config/interpolate.hpp"
#include "core/config/load_parts.hpp"
#include "core/config/reader.hpp"
#include "core/config/redis_url.hpp"
#include "core/config/route_form.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"
#include "core/config/yaml.hpp"

namespace sluice::config {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kGiB = 1024 * 1024 * kKiB;

/// The words of a list that pass `good`; the others are reported.
template <typename Good>
void ReadList(MapReader& map, std::string_view key, std::vector<std::string>& out, std::string_view wanted,
              const Good& good) {
  if (map.Find(key) == nullptr) return;
  out.clear();
  for (const auto& word : map.Words(key)) {
    if (good(word.value)) {
      out.push_back(word.value);
    } else {
      map.reporter().Want(word, wanted);
    }
  }
}

void ReadVersion(MapReader& root) {
  const auto* version = root.Need("version", "1");
  if (version != nullptr && *version != Json(1)) root.reporter().Want(root.At("version"), "1", *version);
}

void ReadPath(MapReader& map, std::string_view key, std::string_view wanted, std::string& out) {
  const auto* const value = map.Need(key, wanted);
  map.String(key, out);
  if (value != nullptr && value->is_string() && out.empty()) map.reporter().Want(map.At(key), wanted, *value);
}

std::optional<ListenerTls> ReadListenerTls(MapReader& listener) {
  const auto* const value = listener.Find("tls");
  if (value == nullptr) return std::nullopt;
  MapReader map(listener.reporter(), *value, listener.At("tls"));
  ListenerTls tls;
  if (value->is_object()) {
    ReadPath(map, "certificate", "a PEM file with the certificate and its chain", tls.certificate);
    ReadPath(map, "private_key", "a PEM file with the certificate's private key", tls.private_key);
  }
  map.Finish();
  return tls;
}

Listener ReadListener(const Reporter& reporter, const std::string& name, const Json& value,
                      const std::string& pointer) {
  MapReader map(reporter, value, pointer);
  Listener listener{.name = name, .address = {}, .tls = {}, .place = reporter.At(pointer)};
  if (!IsName(name)) reporter.Add(pointer, std::string(kNameWanted));
  static constexpr std::string_view kWanted = "an address with a port such as 127.0.0.1:8080, [::1]:8080 or :8080";
  const auto* address = map.Need("address", kWanted);
  map.String("address", listener.address);
  if (address != nullptr && address->is_string()) {
    const auto parsed = ParseListenAddress(listener.address);
    if (!parsed) reporter.Want(map.At("address"), kWanted, *address);
    listener.address = parsed.value_or("");
  }
  map.Whole("max_connections", listener.max_connections, 1, 1'000'000);
  listener.tls = ReadListenerTls(map);
  map.Finish();
  return listener;
}

void ReadListeners(MapReader& root, Config& config) {
  const auto* listeners = root.Find("listeners");
  const auto pointer = root.At("listeners");
  if (listeners == nullptr || (listeners->is_object() && listeners->empty())) {
    if (!root.reporter().Broken(pointer)) {
      root.reporter().Add(pointer, "no listeners: want at least one, such as `main: {address: \"127.0.0.1:8080\"}`");
    }
    return;
  }
  const MapReader shape(root.reporter(), *listeners, pointer);
  if (!listeners->is_object()) return;
  for (const auto& [name, value] : listeners->items()) {
    config.listeners.push_back(ReadListener(root.reporter(), name, value, shape.At(name)));
  }
}

void ReadServer(MapReader& root, Server& server) {
  const auto* value = root.Find("server");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("server"));
  map.Whole("workers", server.workers, 1, 4096);
  map.Whole("relay_threads", server.relay_threads, 1, 64);
  map.Size("max_head", server.max_head_bytes, kKiB, 16 * 1024 * kKiB);
  map.Whole("max_headers", server.max_headers, 1, 10'000);
  map.Size("max_body", server.max_body_bytes, 0, 1024 * kGiB);
  map.Duration("head_timeout", server.head_timeout);
  map.Duration("idle_timeout", server.idle_timeout);
  map.Duration("body_timeout", server.body_timeout);
  map.Duration("write_timeout", server.write_timeout);
  map.Duration("grace", server.grace, milliseconds(0));
  ReadList(map, "trusted_proxies", server.trusted_proxies, "an address or network such as 10.0.0.0/8", IsCidr);
  server.base_url = ReadBaseUrl(map);
  map.Finish();
}

/// Ports may be written as numbers.
void ReadPorts(MapReader& map, std::vector<std::string>& out) {
  static constexpr std::string_view kWanted = "a port, or a range such as 8000-8999";
  const auto* value = map.Find("ports");
  if (value == nullptr) return;
  const auto as_text = [](const Json& port) { return port.is_number_integer() ? Json(port.dump()) : port; };
  auto ports = as_text(*value);
  if (ports.is_array()) std::transform(ports.begin(), ports.end(), ports.begin(), as_text);
  for (const auto& word : SplitWords(ReadStrings(map.reporter(), ports, map.At("ports"), kWanted))) {
    if (!IsPortRange(word.value)) map.reporter().Want(word, kWanted);
    out.push_back(word.value);
  }
}

void ReadUpstream(MapReader& root, Upstream& upstream) {
  const auto* value = root.Find("upstream");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("upstream"));
  static constexpr std::string_view kUpstreamWanted = "a host, host:port, address or network";
  ReadList(map, "trusted", upstream.trusted, kUpstreamWanted, IsUpstream);
  ReadList(map, "denied", upstream.denied, kUpstreamWanted, IsUpstream);
  ReadPorts(map, upstream.ports);
  map.String("ca_file", upstream.ca_file);
  upstream.proxy = ReadProxyUrl(map, "proxy", false);
  map.Whole("max_idle_per_origin", upstream.max_idle_per_origin, 0, 10'000);
  map.Duration("idle_timeout", upstream.idle_timeout);
  map.Size("cache_size", upstream.cache_bytes, 0, 1024 * kGiB);
  map.Finish();
}

/// Reports a backend of a kind that this version lacks. Shows the scheme alone: the rest may hold a password.
void RefuseBackend(const MapReader& map, std::string_view key, const std::string& value, std::string_view wanted) {
  const auto pointer = map.At(key);
  const auto scheme = value.substr(0, value.find(':'));
  if (scheme.empty() || map.reporter().Secret(pointer) || wanted.starts_with(scheme)) {
    map.reporter().Want({value, pointer}, wanted);
  } else {
    map.reporter().Add(pointer, Ticked(scheme) + " is not supported by this version; want " + std::string(wanted));
  }
}

/// What libpq makes of the URL is found out by who makes the database. A fault never quotes it: it may hold a password.
void ReadDatabase(MapReader& map, State& state) {
  map.String("database", state.database);
  const std::string_view url = state.database;
  if (url.starts_with("sqlite:") && url.size() > 7) return;
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return;
  RefuseBackend(map, "database", state.database, "sqlite:<path> or postgresql://<host>/<database>");
}

/// A fault never quotes the URL, which may hold a password.
void ReadCache(MapReader& map, State& state) {
  map.String("cache", state.cache);
  if (state.cache == "memory") return;
  state.redis = ParseRedisUrl(state.cache);
  if (state.redis) return;
  const auto wanted = "memory or " + std::string(kRedisUrlForm);
  if (state.cache.starts_with("redis:")) return map.reporter().Add(map.At("cache"), "want " + wanted);
  RefuseBackend(map, "cache", state.cache, wanted);
}

void ReadState(MapReader& root, State& state) {
  const auto* value = root.Find("state");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("state"));
  ReadDatabase(map, state);
  ReadCache(map, state);
  map.String("secret_key", state.secret_key);
  if (!state.secret_key.empty() && !IsSecretKey(state.secret_key)) {
    map.reporter().Add(map.At("secret_key"), "want 32 octets as 64 hex digits or in base64");
  }
  for (auto& key : map.Words("previous_secret_keys")) {
    if (!IsSecretKey(key.value)) map.reporter().Add(key.pointer, "want 32 octets as 64 hex digits or in base64");
    state.previous_secret_keys.push_back(std::move(key.value));
  }
  if (state.secret_key.empty() && state.database.starts_with("postgres")) {
    map.reporter().Add(map.pointer(), "want `secret_key`: servers that share a database have one key");
  }
  map.Duration("link_ttl", state.link_ttl, std::chrono::seconds(1));
  map.Finish();
}

void ReadLog(MapReader& root, Log& log) {
  const auto* value = root.Find("log");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("log"));
  static const std::vector<std::string> kLevels = {"trace", "debug", "info", "warning", "error"};
  map.String("level", log.level);
  if (std::find(kLevels.begin(), kLevels.end(), log.level) == kLevels.end()) {
    map.reporter().Want({log.level, map.At("level")}, OneOf(kLevels));
  }
  map.Bool("access", log.access);
  map.Finish();
}

void ReadTelemetry(MapReader& root, LoadState& state) {
  const auto* value = root.Find("telemetry");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("telemetry"));
  for (auto& word : map.Words("listeners")) {
    state.config.telemetry.listeners.push_back(word.value);
    state.listeners.push_back(std::move(word));
  }
  map.Finish();
}

void ReadPins(MapReader& plugins, std::vector<PluginPin>& allow) {
  const auto* list = plugins.Find("allow");
  if (list == nullptr) return;
  const auto& reporter = plugins.reporter();
  const auto pointer = plugins.At("allow");
  if (!list->is_array()) return reporter.Want(pointer, "a list of {id, sha256}", *list);
  for (std::size_t i = 0; i < list->size(); ++i) {
    MapReader map(reporter, (*list)[i], pointer + Child(i));
    PluginPin pin;
    map.Need("id", "a plugin's id such as org.example.shelf");
    map.String("id", pin.id);
    map.String("sha256", pin.sha256);
    if (!pin.sha256.empty() && !IsSha256(pin.sha256)) {
      reporter.Want({pin.sha256, map.At("sha256")}, "64 lower-case hex digits");
    }
    map.Finish();
    allow.push_back(std::move(pin));
  }
}

void ReadPlugins(MapReader& root, Plugins& plugins) {
  const auto* value = root.Find("plugins");
  if (value == nullptr) return;
  MapReader map(root.reporter(), *value, root.At("plugins"));
  map.String("directory", plugins.directory);
  for (auto& file : map.Strings("files")) plugins.files.push_back(std::move(file.value));
  ReadPins(map, plugins.allow);
  map.Whole("quarantine_after", plugins.quarantine_after, 1, 1'000'000);
  map.Duration("quarantine_probe", plugins.quarantine_probe);
  map.Finish();
}

/// Passwords are secret however they were written; URLs of proxies and servers, when they hold one.
void MarkSecret(Document& document, const std::string& pointer) {
  const Json::json_pointer at(pointer);
  if (!document.root.contains(at) || !document.root.at(at).is_string()) return;
  const bool url = !pointer.ends_with("password");
  if (url && document.root.at(at).get_ref<const std::string&>().find('@') == std::string::npos) return;
  document.places[pointer].secret = true;
}

void MarkSecrets(Document& document) {
  for (const auto* pointer : {"/upstream/proxy", "/state/cache", "/state/database", "/direct_stream/proxy_url",
                              "/direct_stream/api_password"}) {
    MarkSecret(document, pointer);
  }
  if (const auto routes = document.root.find("routes"); routes != document.root.end() && routes->is_array()) {
    for (std::size_t i = 0; i < routes->size(); ++i) {
      MarkSecret(document, "/routes" + Child(i) + "/upstream/socks5/password");
    }
  }
  const auto pipelines = document.root.find("pipelines");
  if (pipelines == document.root.end() || !pipelines->is_object()) return;
  for (const auto& [name, pipeline] : pipelines->items()) {
    if (!pipeline.is_object() || !pipeline.contains("steps") || !pipeline["steps"].is_array()) continue;
    for (std::size_t i = 0; i < pipeline["steps"].size(); ++i) {
      const auto proxy = "/pipelines" + Child(name) + "/steps" + Child(i) + "/fetch/proxy";
      for (const auto* below : {"", "/url", "/password"}) MarkSecret(document, proxy + below);
    }
  }
}

/// The keys of the route form, which CompileRouteForm has read.
void SkipRouteForm(MapReader& root) {
  for (const auto key : kRouteFormKeys) root.Find(key);
}

Config Interpret(Document document, std::vector<std::string> files, Faults& faults) {
  Config config;
  config.files = std::move(files);
  MarkSecrets(document);
  CompileRouteForm(document, faults);
  {
    const Reporter reporter(document, faults);
    MapReader root(reporter, document.root, "");
    ReadVersion(root);
    ReadListeners(root, config);
    ReadServer(root, config.server);
    ReadUpstream(root, config.upstream);
    config.cors = ReadCors(root);
    ReadState(root, config.state);
    ReadLog(root, config.log);
    ReadPlugins(root, config.plugins);
    LoadState state{.reporter = reporter, .config = config, .references = {}, .listeners = {}};
    ReadTelemetry(root, state);
    ReadComponents(root, state);
    ReadPipelines(root, state);
    SkipRouteForm(root);
    root.Finish();
    CheckReferences(state);
  }
  config.places = std::make_shared<const Places>(std::move(document.places));
  config.document = std::move(document.root);
  return config;
}

void AddPathFault(const std::string& path, std::string message, Faults& faults) {
  faults.Add({.file = path, .line = 0, .pointer = {}, .secret = false}, std::move(message));
}

/// The *.yaml of a folder in name order, or the path itself.
std::vector<std::string> FilesOf(const std::string& path, Faults& faults) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (auto it = fs::directory_iterator(path, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name.ends_with(".yaml") && name.front() != '.') files.push_back(it->path().string());
  }
  if (error) {
    AddPathFault(path, error.message(), faults);
  } else if (files.empty()) {
    AddPathFault(path, "holds no *.yaml file", faults);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string ReadBaseUrl(MapReader& map) {
  std::string url;
  map.String("base_url", url);
  if (!url.empty() && !IsBaseUrl(url)) {
    map.reporter().Want({url, map.At("base_url")}, "a URL such as https://media.example.com");
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Config Load(const std::string& path, const Environment& environment, Faults& faults) {
  Document document;
  auto files = FilesOf(path, faults);
  bool complete = !files.empty();
  for (const auto& file : files) {
    std::string error;
    const auto text = ReadFile(file, kMaxYamlBytes, true, error);
    if (!error.empty()) AddPathFault(file, error, faults);
    complete = error.empty() && AddYaml(text, file, environment, document, faults) && complete;
  }
  // What a file that cannot be read would have defined is not missed in the others.
  return complete ? Interpret(std::move(document), std::move(files), faults) : Config{};
}

Config LoadText(std::string_view yaml, const std::string& name, const Environment& environment, Faults& faults) {
  Document document;
  if (!AddYaml(yaml, name, environment, document, faults)) return {};
  return Interpret(std::move(document), {name}, faults);
}

}  // namespace sluice::config
