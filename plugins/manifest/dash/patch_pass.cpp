// SPDX-License-Identifier: MIT
#include "patch_pass.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/text.hpp>
#include <vector>

namespace sluice::plugins::dash {
namespace {

using namespace std::literals;

constexpr std::string_view kName = "dash:patch\n";
/// Attributes and elements that hold or change URLs of media.
constexpr std::array kUrlAttributes{"media"sv, "initialization"sv, "index"sv, "bitstreamSwitching"sv, "sourceURL"sv,
                                    "href"sv};

sdk::Error NeedsWhole(std::string_view what) {
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = "the patch changes " + std::string(what) + ", which takes the whole MPD"};
}

/// Names on the way to what `sel` selects: {"MPD", "Period", "@start"} for "/MPD/Period[@id='a/b']/@start".
std::vector<std::string_view> StepsOf(std::string_view sel) {
  std::vector<std::string_view> steps;
  char quote = 0;
  std::size_t begin = 0;
  std::size_t name_end = std::string_view::npos;
  for (std::size_t at = 0; at <= sel.size(); ++at) {
    const char c = at < sel.size() ? sel[at] : '/';
    if (quote != 0 && at < sel.size()) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (c == '[') name_end = std::min(name_end, at);
    if (c != '/') continue;
    const auto step = sel.substr(begin, std::min(name_end, at) - begin);
    if (!step.empty()) steps.push_back(step.front() == '@' ? step : mpd::LocalName(step));
    begin = at + 1;
    name_end = std::string_view::npos;
  }
  return steps;
}

bool NamesUrl(std::string_view attribute) {
  if (attribute.starts_with('@')) attribute.remove_prefix(1);
  const auto name = mpd::LocalName(attribute);
  return std::find(kUrlAttributes.begin(), kUrlAttributes.end(), name) != kUrlAttributes.end();
}

/// An element with URLs that are relative to what the patch does not say.
pugi::xml_node FindUrls(pugi::xml_node node) {
  if (node.type() != pugi::node_element || mpd::IsElement(node, "EventStream")) return {};
  if (mpd::IsElement(node, "BaseURL")) return node;
  for (const auto attribute : node.attributes())
    if (NamesUrl(attribute.name())) return node;
  for (const auto child : node)
    if (const auto found = FindUrls(child)) return found;
  return {};
}

bool RefersToRemotes(pugi::xml_node node) {
  const auto refers = [](pugi::xml_node one) { return !mpd::ValueOf(one, "href").empty(); };
  return refers(node) || node.find_node(refers);
}

}  // namespace

std::string PatchNote::Pack() const {
  auto out = std::string(kName).append(mpd_url).append("\n").append(mpd_base);
  return out.size() <= sdk::kMaxNoteBytes ? out : std::string();
}

bool PatchNote::IsOne(std::string_view note) noexcept { return note.starts_with(kName); }

std::optional<PatchNote> PatchNote::Unpack(std::string_view note) {
  if (!IsOne(note)) return std::nullopt;
  note.remove_prefix(kName.size());
  const auto line = note.find('\n');
  if (line == std::string_view::npos) return std::nullopt;
  return PatchNote{std::string(note.substr(0, line)), std::string(note.substr(line + 1))};
}

PatchPass::PatchPass(const mpd::XmlText& document, const PatchNote& from, mpd::Linker& linker,
                     const PassOptions& options)
    : document_(document),
      from_(from),
      single_(document, from.mpd_url, from.mpd_base, linker, edits_, options),
      periods_(document, linker, edits_, options),
      decrypted_(options.decrypted) {}

sdk::Status PatchPass::Run() {
  for (const auto operation : document_.root()) {
    if (operation.type() != pugi::node_element) continue;
    if (auto done = Operation(operation); !done) return done;
  }
  return periods_.Write();
}

sdk::Status PatchPass::Operation(pugi::xml_node operation) {
  auto steps = StepsOf(mpd::ValueOf(operation, "sel"));
  const auto type = mpd::ValueOf(operation, "type");
  const auto last = steps.empty() ? std::string_view() : steps.back();
  if (NamesUrl(last) || NamesUrl(type)) return NeedsWhole("a URL");
  const auto goes_by = [&](std::string_view name) {
    return std::find(steps.begin(), steps.end(), name) != steps.end();
  };
  if (goes_by("BaseURL")) return NeedsWhole("a BaseURL");
  if (decrypted_ && goes_by("ContentProtection")) return NeedsWhole("a ContentProtection that players do not have");
  if (last.starts_with('@') || type.starts_with('@')) return sdk::Ok();
  const auto position = mpd::ValueOf(operation, "pos");
  const bool beside = mpd::IsElement(operation, "replace") || position == "before" || position == "after";
  if (beside && !steps.empty()) steps.pop_back();
  for (const auto child : operation) {
    if (child.type() != pugi::node_element) continue;
    if (auto done = Added(child, steps.size() == 1 && steps.front() == "MPD"); !done) return done;
  }
  return sdk::Ok();
}

sdk::Status PatchPass::Added(pugi::xml_node node, bool below_mpd) {
  if (RefersToRemotes(node)) return NeedsWhole("a remote element");
  if (auto written = single_.Write(node); !written) return written;
  if (below_mpd && mpd::IsElement(node, "Period")) {
    periods_.AddPeriod(node, from_.mpd_base);
    return sdk::Ok();
  }
  if (const auto found = FindUrls(node)) return NeedsWhole(mpd::LocalName(found));
  return sdk::Ok();
}

}  // namespace sluice::plugins::dash
