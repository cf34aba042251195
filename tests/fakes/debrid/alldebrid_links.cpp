// SPDX-License-Identifier: MIT
// How AllDebrid's links are made, kept and written.
#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "tests/fakes/debrid/alldebrid.hpp"
#include "tests/fakes/debrid/strict.hpp"
#include "tests/fakes/debrid/torbox_items.hpp"

namespace sluice::fakes::debrid {

using Json = nlohmann::json;
using std::chrono::seconds;

namespace {

/// Puts a file where its name says; folders come to be on the way.
void Plant(Json& nodes, std::string_view name, const ContentFile& file, const std::string& link) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) {
    nodes.push_back({{"n", name}, {"s", file.size}, {"l", link}});
    return;
  }
  const auto folder = name.substr(0, slash);
  for (auto& node : nodes)
    if (node["n"] == folder && node.contains("e")) return Plant(node["e"], name.substr(slash + 1), file, link);
  nodes.push_back({{"n", folder}, {"e", Json::array()}});
  Plant(nodes.back()["e"], name.substr(slash + 1), file, link);
}

}  // namespace

Json TreeOf(const Content& content, const std::string& link_prefix) {
  Json nodes = Json::array();
  for (std::size_t i = 0; i < content.files.size(); ++i)
    Plant(nodes, content.files[i].name, content.files[i], link_prefix.empty() ? "" : link_prefix + std::to_string(i));
  return nodes;
}

std::optional<ContentFile> FakeAllDebrid::FileBehind(const Caller& caller, const std::string& link) {
  if (!link.starts_with(kLinkPrefix)) return std::nullopt;
  std::string_view rest = std::string_view(link).substr(kLinkPrefix.size());
  const auto held = HeldOf(caller, std::string(sdk::TakeUpTo(rest, 'X')));
  const auto index = ReadNumber(std::string(rest));
  if (!held || !index || *index >= held->content.files.size()) return std::nullopt;
  return held->content.files[*index];
}

void FakeAllDebrid::Hand(Json& data, const ContentFile& file, const std::string& address) {
  const auto url = cdn().Link(file, binds_links() ? address : "");
  const auto delay = delay_s_.load();
  if (delay == 0) {
    data["link"] = url;
    return;
  }
  const auto id = next_id_++;
  delayed_[id] = {.url = url, .since = world().Now(), .takes = seconds(std::abs(delay)), .fails = delay < 0};
  data["delayed"] = id;
}

Response FakeAllDebrid::Unlock(const Caller& caller) {
  const auto link = Find(caller.fields, "link").value_or("");
  const auto address = Find(caller.fields, "userip").value_or("");
  if (link.empty()) return Failure("LINK_IS_MISSING");
  if (refuses_servers_) return Failure("NO_SERVER");
  if (caller.account.plan == 0) return Failure("MUST_BE_PREMIUM");
  const auto of_torrent = FileBehind(caller, link);
  if (of_torrent && !address.empty()) return Odd(caller, "a torrent's link is for anybody");
  const auto hosted = world().FindContent(Kind::kWeb, HashOf(Kind::kWeb, link, {}));
  if (!of_torrent && !hosted)
    return Failure(link.starts_with("https://alldebrid.com/") ? "LINK_DOWN" : "LINK_HOST_NOT_SUPPORTED");
  const auto file = of_torrent ? *of_torrent : hosted->files.at(0);
  const std::lock_guard lock(items_);
  const auto id = "gen" + std::to_string(next_id_++);
  Json data{{"link", ""},
            {"host", of_torrent ? "alldebrid" : "hoster"},
            {"id", id},
            {"filename", LastPart(file.name)},
            {"filesize", file.size},
            {"streams", Json::array()},
            {"paws", false}};
  if (hosted && offers_streams_) {
    streams_[id] = {file, address};
    data["streams"] = {{{"id", "low"}, {"quality", 480}, {"ext", "mp4"}, {"filesize", 10}},
                       {{"id", "high"}, {"quality", 1080}, {"ext", "mp4"}, {"filesize", 20}}};
  } else {
    Hand(data, file, address);
  }
  if (hosted)
    history_.insert(history_.begin(), {.key = caller.account.key, .link = link, .file = file, .at = world().Now()});
  return Success(data);
}

Response FakeAllDebrid::Streaming(const Caller& caller) {
  const std::lock_guard lock(items_);
  const auto found = streams_.find(Find(caller.fields, "id").value_or(""));
  if (found == streams_.end()) return Failure("STREAM_INVALID_GEN_ID");
  if (Find(caller.fields, "stream") != "high") return Failure("STREAM_INVALID_STREAM_ID");
  const auto& [file, address] = found->second;
  Json data{{"link", ""}, {"filename", LastPart(file.name)}, {"filesize", file.size}};
  Hand(data, file, address);
  return Success(data);
}

Response FakeAllDebrid::DelayedLink(const Caller& caller) {
  const std::lock_guard lock(items_);
  const auto found = delayed_.find(ReadNumber(Find(caller.fields, "id")).value_or(0));
  if (found == delayed_.end()) return Failure("DELAYED_INVALID_ID");
  const auto& delayed = found->second;
  const auto passed = std::chrono::duration_cast<seconds>(world().Now() - delayed.since);
  if (passed < delayed.takes) return Success({{"status", 1}, {"time_left", (delayed.takes - passed).count()}});
  if (delayed.fails) return Success({{"status", 3}, {"time_left", 0}});
  return Success({{"status", 2}, {"time_left", 0}, {"link", delayed.url}});
}

Response FakeAllDebrid::Saved(const Caller& caller) {
  if (caller.endpoint == "user/links/save" || caller.endpoint == "user/links/delete")
    return Save(caller, caller.endpoint == "user/links/save");
  const std::lock_guard lock(items_);
  return Links(caller, caller.endpoint == "user/links" ? saved_ : history_);
}

Response FakeAllDebrid::Links(const Caller& caller, const std::vector<WebEntry>& list) const {
  Json links = Json::array();
  for (const auto& one : list) {
    if (one.key != caller.account.key) continue;
    links.push_back({{"link", one.link},
                     {"link_dl", one.link},
                     {"filename", LastPart(one.file.name)},
                     {"size", one.file.size},
                     {"date", std::chrono::duration_cast<seconds>(one.at.time_since_epoch()).count()},
                     {"host", "hoster"}});
  }
  return Success({{"links", links}});
}

Response FakeAllDebrid::Save(const Caller& caller, bool keep) {
  if (caller.fields.empty()) return Failure("USER_LINK_MISSING");
  for (const auto& field : caller.fields) {
    const auto& link = field.second;
    const auto hosted = world().FindContent(Kind::kWeb, HashOf(Kind::kWeb, link, {}));
    if (!hosted) return Failure("USER_LINK_INVALID");
    const std::lock_guard lock(items_);
    std::erase_if(saved_, [&](const WebEntry& one) { return one.key == caller.account.key && one.link == link; });
    if (keep)
      saved_.insert(saved_.begin(),
                    {.key = caller.account.key, .link = link, .file = hosted->files.at(0), .at = world().Now()});
  }
  return Success({{"message", "Links were successfully changed"}});
}

}  // namespace sluice::fakes::debrid
