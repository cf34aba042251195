// SPDX-License-Identifier: MIT
// What Real-Debrid holds, how it comes along, and how it is written.
#include <algorithm>
#include <utility>

#include "tests/fakes/debrid/realdebrid.hpp"
#include "tests/fakes/debrid/strict.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"

namespace sluice::fakes::debrid {

using Json = nlohmann::json;
using namespace std::chrono_literals;

namespace {

/// Until files are chosen.
std::vector<Step> BeforeSelection(const Content& content) {
  if (!content.timeline.empty()) return content.timeline;
  if (content.files.empty()) return {{.after = 0s, .state = "magnet_conversion"}};
  if (content.cached) return {{.after = 0s, .state = "waiting_files_selection"}};
  return {{.after = 0s, .state = "magnet_conversion"}, {.after = 3s, .state = "waiting_files_selection"}};
}

std::vector<Step> AfterSelection(const Content& content) {
  if (content.cached) return {{.after = 0s, .state = "downloaded", .progress = 100}};
  return {{.after = 0s, .state = "queued"},
          {.after = 10s, .state = "downloading", .progress = 40},
          {.after = 120s, .state = "downloaded", .progress = 100}};
}

/// Such files have no folder: a torrent's name stands elsewhere.
std::string PathOf(const std::string& name) {
  const auto slash = name.find('/');
  return slash == std::string::npos ? "/" + name : name.substr(slash);
}

std::string LinkOf(const RdTorrent& torrent, std::uint64_t number) {
  return "https://real-debrid.com/d/" + torrent.id + "F" + std::to_string(number);
}

}  // namespace

void FakeRealDebrid::ScriptSelected(const std::string& hash, std::vector<Step> steps) {
  const std::lock_guard lock(items_);
  selected_[hash] = std::move(steps);
}

std::string FakeRealDebrid::Plant(const std::string& key, const std::string& hash, std::set<std::uint64_t> selected) {
  const auto content = world().FindContent(Kind::kTorrent, hash).value_or(Content{.hash = hash, .name = {}});
  const std::lock_guard lock(items_);
  auto& torrent = Insert(key, content);
  if (!selected.empty()) torrent.selected_at = torrent.added_at;
  torrent.selected = std::move(selected);
  return torrent.id;
}

bool FakeRealDebrid::Pull(const std::string& id) {
  const std::lock_guard lock(items_);
  return std::erase_if(torrents_, [&](const RdTorrent& one) { return one.id == id; }) > 0;
}

std::vector<RdTorrent> FakeRealDebrid::TorrentsOf(const std::string& key) const {
  const std::lock_guard lock(items_);
  std::vector<RdTorrent> all;
  std::copy_if(torrents_.begin(), torrents_.end(), std::back_inserter(all),
               [&](const RdTorrent& one) { return one.key == key; });
  return all;
}

RdTorrent& FakeRealDebrid::Insert(const std::string& key, const Content& content) {
  return *torrents_.insert(
      torrents_.begin(),
      {.id = "RDTORRENT" + std::to_string(next_id_++), .key = key, .content = content, .added_at = world().Now()});
}

std::string FakeRealDebrid::StateOf(const RdTorrent& torrent, double& progress) {
  const auto scripted = selected_.find(torrent.content.hash);
  const auto steps = !torrent.selected_at          ? BeforeSelection(torrent.content)
                     : scripted == selected_.end() ? AfterSelection(torrent.content)
                                                   : scripted->second;
  const Held held{.content = {.hash = {}, .name = {}, .timeline = steps},
                  .added_at = torrent.selected_at.value_or(torrent.added_at)};
  auto step = StepAt(held, world().Now());
  progress = step.progress;
  return step.state;
}

std::vector<std::string> FakeRealDebrid::LinksOf(const RdTorrent& torrent) const {
  std::vector<std::string> links;
  for (const auto number : torrent.selected) links.push_back(LinkOf(torrent, number));
  if (packs_ && links.size() > 1) links.resize(1);
  return links;
}

std::optional<ContentFile> FakeRealDebrid::FileBehind(const std::string& key, const std::string& link) {
  double progress = 0;
  for (const auto& torrent : torrents_) {
    if (torrent.key != key || StateOf(torrent, progress) != "downloaded") continue;
    const auto links = LinksOf(torrent);
    if (links.size() < torrent.selected.size() && links.front() == link)
      return ContentFile{.name = torrent.content.name + ".rar", .size = 1};
    for (const auto number : torrent.selected)
      if (LinkOf(torrent, number) == link) return torrent.content.files.at(number - 1);
  }
  return std::nullopt;
}

Json FakeRealDebrid::JsonOf(const RdTorrent& torrent, bool whole) {
  double progress = 0;
  const auto state = StateOf(torrent, progress);
  const auto& files = torrent.content.files;
  const bool is_converting = state == "magnet_conversion" || state == "magnet_error";
  std::uint64_t selected = 0, original = 0;
  Json listed = Json::array();
  for (std::size_t i = 0; i < files.size() && !is_converting; ++i) {
    const bool is_selected = torrent.selected.contains(i + 1);
    original += files[i].size;
    selected += is_selected ? files[i].size : 0;
    listed.push_back(
        {{"id", i + 1}, {"path", PathOf(files[i].name)}, {"bytes", files[i].size}, {"selected", is_selected ? 1 : 0}});
  }
  Json out{{"id", torrent.id},
           {"filename", is_converting ? "Magnet" : torrent.content.name},
           {"hash", torrent.content.hash},
           {"bytes", selected},
           {"host", "real-debrid.com"},
           {"split", 2000},
           {"progress", progress},
           {"status", state},
           {"added", DateOf(torrent.added_at)},
           {"links", state == "downloaded" ? Json(LinksOf(torrent)) : Json::array()}};
  if (!whole) return out;
  out["original_filename"] = torrent.content.name;
  out["original_bytes"] = original;
  out["files"] = std::move(listed);
  return out;
}

}  // namespace sluice::fakes::debrid
