// SPDX-License-Identifier: MIT
#include "manifest.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>

#include "store_codes.hpp"
#include "text.hpp"

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxHostBytes = 253;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return sdk::LowerLetter(c) >= 'a' && sdk::LowerLetter(c) <= 'z'; }

bool IsHostLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return IsDigit(c) || IsLetter(c) || c == '-'; });
}

/// "1.0.10": digits without a leading zero.
bool IsVersionCore(std::string_view core) {
  for (int i = 0; i < 3; ++i) {
    const auto number = sdk::TakeUpTo(core, '.');
    if (number.empty() || number.size() > 9 || !std::ranges::all_of(number, IsDigit)) return false;
    if (number.size() > 1 && number.front() == '0') return false;
    if (i < 2 && core.empty()) return false;
  }
  return core.empty();
}

/// What stands behind "-" or "+". \param numbers_are_plain  whether numbers may not begin with 0.
bool AreVersionLabels(std::string_view labels, bool numbers_are_plain) {
  if (labels.empty() || labels.ends_with('.')) return false;
  while (!labels.empty()) {
    const auto label = sdk::TakeUpTo(labels, '.');
    if (label.empty() || !std::ranges::all_of(label, [](char c) { return IsDigit(c) || IsLetter(c) || c == '-'; }))
      return false;
    const bool is_number = std::ranges::all_of(label, IsDigit);
    if (numbers_are_plain && is_number && label.size() > 1 && label.front() == '0') return false;
  }
  return true;
}

/// Source: Semantic Versioning 2.0.0.
bool IsSemanticVersion(std::string_view text) {
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!AreVersionLabels(text.substr(plus + 1), false)) return false;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    if (!AreVersionLabels(text.substr(dash + 1), true)) return false;
    text = text.substr(0, dash);
  }
  return !text.ends_with('.') && IsVersionCore(text);
}

std::string DescriptionOf(const ManifestOptions& options) {
  std::string out = "Torrents of your indexers, played through your stores";
  std::string codes;
  for (const auto& code : options.store_codes) {
    if (code == kServerStores) continue;
    codes += codes.empty() ? "" : " | ";
    codes += sdk::UpperCase(code);
  }
  return codes.empty() ? out : out + ": " + codes;
}

}  // namespace

std::string AddonId(std::string_view host) {
  constexpr const char* kLocal = "local.sluice.torz";
  host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > kMaxHostBytes || sdk::EqualsIgnoreCase(host, "localhost")) return kLocal;
  // The last label of a name is never a number, and that of an IPv4 address is.
  if (std::ranges::all_of(host.substr(host.rfind('.') + 1), IsDigit)) return kLocal;
  std::string out = "torz";
  while (!host.empty()) {
    const auto label = sdk::TakeUpTo(host, '.');
    if (!IsHostLabel(label)) return kLocal;
    out.insert(0, sdk::LowerCase(label) + ".");
  }
  return out;
}

Json Manifest(const ManifestOptions& options) {
  Json stream{{"name", "stream"}, {"types", {"movie", "series"}}, {"idPrefixes", Json::array({"tt"})}};
  if (options.anime) {
    stream["types"].push_back("anime");
    stream["idPrefixes"].insert(stream["idPrefixes"].end(), {"kitsu:", "mal:"});
  }
  Json out{{"id", options.id},
           {"name", OneLine(options.name, kMaxNameBytes)},
           {"description", DescriptionOf(options)},
           {"version", IsSemanticVersion(options.version) ? options.version : "0.0.0"},
           {"resources", Json::array({std::move(stream)})},
           {"types", Json::array()},
           {"catalogs", Json::array()}};
  if (!options.logo.empty()) out["logo"] = options.logo;
  out["behaviorHints"] = {{"configurable", true}, {"configurationRequired", !options.configured}};
  if (std::ranges::find(options.store_codes, kPeerToPeer) != options.store_codes.end())
    out["behaviorHints"]["p2p"] = true;
  return out;
}

}  // namespace sluice::plugins::stremio
