// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/torbox_items.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/text.hpp>

#include "tests/fakes/debrid/strict.hpp"

namespace sluice::fakes::debrid {

namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

std::string Digest(const EVP_MD* kind, std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(octets.data(), octets.size(), digest.data(), &size, kind, nullptr);
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

/// Of the .torrent files that tests make: `info` is the last key of the outer dictionary.
std::string HashOfTorrent(const std::string& file) {
  const auto at = file.find("4:infod");
  if (file.empty() || file.front() != 'd' || at == std::string::npos) return {};
  return Digest(EVP_sha1(), file.substr(at + 6, file.size() - at - 7));
}

std::string HashOfMagnet(const std::string& magnet) {
  const auto at = magnet.find("urn:btih:");
  const auto hash = at == std::string::npos ? "" : sdk::LowerCase(magnet.substr(at + 9, 40));
  return hash.size() == 40 && hash.find_first_not_of("0123456789abcdef") == std::string::npos ? hash : "";
}

/// The sheet's rule: what names an NZB at an indexer, else what stands in front of the query.
std::string NzbName(const std::string& link) {
  const auto bare = link.substr(0, link.find('#'));
  const auto path = bare.substr(0, bare.find('?'));
  if (path.size() == bare.size()) return bare.substr(0, bare.find('&'));
  const auto query = ReadForm(std::string_view(bare).substr(path.size() + 1));
  const auto type = Find(query, "t"), id = Find(query, "id");
  if (path.ends_with("/api") && id && (type == "get" || type == "g")) return path + "?t=" + *type + "&id=" + *id;
  return path;
}

std::uint64_t IdOf(std::size_t position, std::size_t count) { return (position + 1) % count; }

}  // namespace

std::string DateOf(Time time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string HashOf(Kind kind, const std::string& link, const std::string& file) {
  if (kind == Kind::kTorrent) return file.empty() ? HashOfMagnet(link) : HashOfTorrent(file);
  if (!file.empty()) return file.find("<nzb") == std::string::npos ? "" : Digest(EVP_md5(), file);
  if (!link.starts_with("http")) return {};
  return Digest(EVP_md5(), kind == Kind::kUsenet ? NzbName(link) : link);
}

Content WithTimeline(Content content) {
  if (!content.timeline.empty()) return content;
  const Step ready{.state = content.cached ? "cached" : "completed", .progress = 1, .finished = true, .present = true};
  if (content.cached) {
    content.timeline = {ready};
    return content;
  }
  content.timeline = {{.state = "metaDL"}, {.after = 60s, .state = "downloading", .progress = 0.4}, ready};
  content.timeline.back().after = 120s;
  return content;
}

Json CachedJson(const Content& content, bool files) {
  Json json{{"name", content.name}, {"size", SizeOf(content)}, {"hash", content.hash}};
  if (!files || content.kind == Kind::kWeb) return json;
  json["files"] = Json::array();
  for (const auto& file : content.files) json["files"].push_back({{"name", file.name}, {"size", file.size}});
  return json;
}

Json HeldJson(const Held& held, Time now) {
  const auto step = StepAt(held, now);
  const auto& content = held.content;
  Json json{{"id", held.id},
            {"hash", content.hash},
            {"name", content.name},
            {"size", SizeOf(content)},
            {"progress", step.progress},
            {"download_state", step.state},
            {"download_present", step.present},
            {"download_finished", step.finished},
            {"private", content.is_private},
            {"created_at", DateOf(held.added_at)},
            {"updated_at", DateOf(now)},
            {"auth_id", "auth-1"},
            {"expires_at", nullptr},
            {"files", Json::array()}};
  if (step.state == "metaDL") return json;
  const auto count = content.files.size();
  for (auto i = count; i > 0; --i) {
    const auto& file = content.files[i - 1];
    json["files"].push_back({{"id", IdOf(i - 1, count)},
                             {"name", file.name},
                             {"short_name", file.name.substr(file.name.rfind('/') + 1)},
                             {"size", file.size},
                             {"mimetype", "video/x-matroska"},
                             {"zipped", false},
                             {"md5", nullptr},
                             {"opensubtitles_hash", "8e245d9679d31e12"}});
  }
  return json;
}

std::optional<ContentFile> FileOf(const Content& content, std::uint64_t id) {
  for (std::size_t i = 0; i < content.files.size(); ++i)
    if (IdOf(i, content.files.size()) == id) return content.files[i];
  return std::nullopt;
}

}  // namespace sluice::fakes::debrid
