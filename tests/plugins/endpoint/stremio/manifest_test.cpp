// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/manifest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::ordered_json;

ManifestOptions Options() {
  return {
      .id = "org.example.torz", .name = "Sluice", .version = "1.2.3", .store_codes = {"tb", "rd"}, .configured = true};
}

TEST(StremioManifestTest, SaysWhatIsServed) {
  EXPECT_EQ(Manifest(Options()), Json::parse(R"({
    "id": "org.example.torz", "name": "Sluice",
    "description": "Torrents of your indexers, played through your stores: TB | RD", "version": "1.2.3",
    "resources": [{"name": "stream", "types": ["movie", "series"], "idPrefixes": ["tt"]}], "types": [], "catalogs": [],
    "behaviorHints": {"configurable": true, "configurationRequired": false}})"));
}

TEST(StremioManifestTest, WantsAConfigurationFirst) {
  const auto manifest = Manifest({.id = "local.sluice.torz", .name = "Sluice", .version = "1.2.3"});

  EXPECT_EQ(manifest["behaviorHints"]["configurationRequired"], true);
  EXPECT_EQ(manifest["description"], "Torrents of your indexers, played through your stores");
}

TEST(StremioManifestTest, TakesAnimeOnRequest) {
  auto options = Options();
  options.anime = true;
  options.logo = "https://example.org/logo.png";
  const auto manifest = Manifest(options);

  EXPECT_EQ(manifest["resources"][0]["types"], Json::parse(R"(["movie","series","anime"])"));
  EXPECT_EQ(manifest["resources"][0]["idPrefixes"], Json::parse(R"(["tt","kitsu:","mal:"])"));
  EXPECT_EQ(manifest["logo"], "https://example.org/logo.png");
}

TEST(StremioManifestTest, NamesPeersAndNotTheServersStores) {
  auto options = Options();
  options.store_codes = {"p2p"};
  EXPECT_EQ(Manifest(options)["behaviorHints"]["p2p"], true);
  EXPECT_TRUE(Manifest(options)["description"].get<std::string>().ends_with(": P2P"));

  options.store_codes = {""};
  EXPECT_TRUE(Manifest(options)["description"].get<std::string>().ends_with("your stores"));
}

/// The rules of the official linter: id, name and version are texts, the version a semantic one; resources, types and
/// catalogs are lists, and a resource is a text or has a name, types and prefixes.
void ExpectValid(const Json& manifest) {
  for (const auto* name : {"id", "name", "description", "version"})
    EXPECT_TRUE(manifest[name].is_string() && !manifest[name].get<std::string>().empty()) << name;
  for (const auto* name : {"resources", "types", "catalogs"}) EXPECT_TRUE(manifest[name].is_array()) << name;
  for (const auto& resource : manifest["resources"]) {
    EXPECT_TRUE(resource["name"].is_string());
    EXPECT_TRUE(resource["types"].is_array() && resource["idPrefixes"].is_array());
  }
}

TEST(StremioManifestTest, IsValidHoweverItIsMade) {
  for (const bool configured : {false, true}) {
    for (const bool anime : {false, true}) {
      auto options = Options();
      options.configured = configured;
      options.anime = anime;
      ExpectValid(Manifest(options));
    }
  }
}

TEST(StremioManifestTest, VersionIsSemantic) {
  for (const auto* version :
       {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha.1", "1.0.0-0a.b-c", "1.0.0+build.01", "1.0.0-rc.1+5"}) {
    auto options = Options();
    options.version = version;
    EXPECT_EQ(Manifest(options)["version"], version);
  }
  for (const auto* version : {"", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+",
                              "1.2.3-a..b", "1.2.3 ", "1.2.", "1..3", "1.2.3-a.", "1.2.-3"}) {
    auto options = Options();
    options.version = version;
    EXPECT_EQ(Manifest(options)["version"], "0.0.0") << version;
  }
}

TEST(StremioManifestTest, IdIsTheHostReversed) {
  const std::pair<std::string_view, std::string_view> ids[] = {
      {"example.org", "org.example.torz"},
      {"Addon.Example.org:8443", "org.example.addon.torz"},
      {"example.org.", "org.example.torz"},
      {"sluice", "sluice.torz"},
      {"localhost", "local.sluice.torz"},
      {"LOCALHOST:8080", "local.sluice.torz"},
      {"127.0.0.1:8080", "local.sluice.torz"},
      {"192.0.2.7", "local.sluice.torz"},
      {"[2001:db8::1]:443", "local.sluice.torz"},
      {"", "local.sluice.torz"},
      {".", "local.sluice.torz"},
      {"a..b", "local.sluice.torz"},
      {".a", "local.sluice.torz"},
      {"evil.example\"},{", "local.sluice.torz"},
      {"-a.example", "local.sluice.torz"},
  };
  for (const auto& [host, id] : ids) EXPECT_EQ(AddonId(host), id) << host;
  EXPECT_EQ(AddonId(std::string(300, 'a')), "local.sluice.torz");
}

}  // namespace
}  // namespace sluice::plugins::stremio
