// SPDX-License-Identifier: MIT
#include "steering.hpp"

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "json_document.hpp"
#include "note.hpp"
#include "pathway.hpp"

namespace sluice::plugins::hls {
namespace {

/// A sealed pathway travels in the URL of every playlist that is fetched by it.
constexpr std::size_t kMaxParamOctets = 2048;

sdk::Error Refused(const std::string& pointer, std::string_view want) {
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = "steering manifest: " + pointer + ": want " + std::string(want)};
}

std::string TextOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class Rewriter {
 public:
  Rewriter(const Note& note, Linker& linker, sdk::SecretsService& secrets)
      : note_(note), linker_(linker), secrets_(secrets) {
    // What a clone names by itself is not moved, and its playlists import what the others do.
    Note own = note;
    own.to = Note::To::kPlaylist;
    own.scope.clear();
    own_note_ = own.Pack();
  }

  sdk::Status Clones(Json& clones) {
    for (std::size_t i = 0; i < clones.size(); ++i)
      if (auto done = Clone(clones[i], "/PATHWAY-CLONES/" + std::to_string(i)); !done) return done;
    return sdk::Ok();
  }

 private:
  sdk::Status Clone(Json& clone, const std::string& at) {
    if (!clone.is_object()) return Refused(at, "an object");
    const auto found = clone.find("URI-REPLACEMENT");
    if (found == clone.end() || !found->is_object()) return sdk::Ok();
    auto& replacement = *found;
    const auto pointer = at + "/URI-REPLACEMENT";
    for (const auto* key : {"PER-VARIANT-URIS", "PER-RENDITION-URIS"})
      if (auto done = Uris(replacement, key, pointer); !done) return done;

    auto pathway = Read(clone, replacement, pointer);
    if (!pathway) return std::move(pathway).error();
    replacement.erase("HOST");
    replacement.erase("PARAMS");
    if (!pathway->host.empty() || !pathway->params.empty()) {
      auto sealed = SealPathway(note_.scope, *pathway, secrets_);
      if (!sealed) return std::move(sealed).error();
      replacement["PARAMS"][std::string(kPathwayParam)] = std::move(*sealed);
    }
    known_[TextOf(clone, "ID")] = std::move(*pathway);
    return sdk::Ok();
  }

  sdk::Status Uris(Json& replacement, const char* key, const std::string& pointer) {
    const auto found = replacement.find(key);
    if (found == replacement.end() || !found->is_object()) return sdk::Ok();
    for (auto& [id, uri] : found->items()) {
      const auto at = pointer + "/" + key + "/" + id;
      if (auto done = LinkUri(uri, at, sdk::LinkKind::kManifest, own_note_, linker_); !done) return done;
    }
    return sdk::Ok();
  }

  /// A clone of a clone changes what that has changed already; the player keeps one parameter, that of the last.
  sdk::Result<Pathway> Read(const Json& clone, const Json& replacement, const std::string& pointer) const {
    Pathway pathway;
    if (const auto base = known_.find(TextOf(clone, "BASE-ID")); base != known_.end()) pathway = base->second;
    if (auto host = TextOf(replacement, "HOST"); !host.empty()) {
      if (!IsHost(host)) return Refused(pointer + "/HOST", "a host");
      pathway.host = std::move(host);
    }
    std::map<std::string, std::string> params(pathway.params.begin(), pathway.params.end());
    if (const auto given = replacement.find("PARAMS"); given != replacement.end() && given->is_object()) {
      for (const auto& [name, value] : given->items())
        if (!name.empty() && value.is_string()) params[name] = value.get<std::string>();
    }
    std::size_t octets = 0;
    for (const auto& [name, value] : params) octets += name.size() + value.size();
    if (octets > kMaxParamOctets)
      return Refused(pointer + "/PARAMS", "at most " + std::to_string(kMaxParamOctets) + " octets");
    pathway.params.assign(params.begin(), params.end());
    return pathway;
  }

  const Note& note_;
  Linker& linker_;
  sdk::SecretsService& secrets_;
  std::string own_note_;
  std::map<std::string, Pathway> known_;
};

}  // namespace

sdk::Result<std::string> RewriteSteering(std::string_view text, std::string_view note, Linker& linker,
                                         sdk::SecretsService& secrets) {
  auto manifest = ParseDocument(text, "steering manifest");
  if (!manifest) return std::move(manifest).error();
  const auto carried = Note::Unpack(note).value_or(Note{});
  if (const auto reload = manifest->find("RELOAD-URI"); reload != manifest->end())
    if (auto linked = LinkUri(*reload, "/RELOAD-URI", sdk::LinkKind::kData, note, linker); !linked)
      return std::move(linked).error();
  if (const auto clones = manifest->find("PATHWAY-CLONES"); clones != manifest->end() && clones->is_array())
    if (auto done = Rewriter(carried, linker, secrets).Clones(*clones); !done) return std::move(done).error();
  return manifest->dump();
}

bool IsDataUrl(std::string_view uri) { return sdk::EqualsIgnoreCase(uri.substr(0, 5), "data:"); }

sdk::Result<std::string> RewriteDataSteering(std::string_view uri, std::string_view base_url, std::string_view note,
                                             sdk::LinkMinter& links, sdk::SecretsService& secrets,
                                             const LinkOptions& options) {
  const auto comma = uri.find(',');
  if (comma == std::string_view::npos) return std::string(uri);
  auto octets = sdk::PercentDecode(uri.substr(comma + 1));
  if (octets && sdk::LowerCase(uri.substr(0, comma)).ends_with(";base64")) octets = sdk::Base64Decode(*octets);
  if (!octets) return std::string(uri);
  Linker linker({.text = {}, .base_url = base_url}, links, options);
  auto text = RewriteSteering(*octets, note, linker, secrets);
  if (!text) return text;
  return "data:application/json;base64," + sdk::Base64Encode(*text);
}

}  // namespace sluice::plugins::hls
