// SPDX-License-Identifier: MIT
#include "tests/fakes/indexers/fake_index.hpp"

#include <openssl/evp.h>

#include <array>
#include <nlohmann/json.hpp>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::fakes {
namespace {

std::string Sha1Of(const std::string& octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  ::EVP_Digest(octets.data(), octets.size(), digest.data(), &size, ::EVP_sha1(), nullptr);
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string Text(const std::string& text) { return std::to_string(text.size()) + ":" + text; }

std::string InfoOf(const FakeRelease& release) {
  std::string info = "d6:lengthi1000e4:name" + Text(release.title) + "12:piece lengthi16384e6:pieces20:";
  info.append(20, 'p');
  if (release.offer == Offer::kPrivateTorrent) info += "7:privatei1e";
  return info + "e";
}

bool HasLink(Offer offer) {
  return offer != Offer::kHash && offer != Offer::kMagnet && offer != Offer::kMagnetEnclosure;
}

std::string Attribute(const char* name, const std::string& value) {
  return std::string("<torznab:attr name=\"") + name + "\" value=\"" + Escaped(value) + "\"/>";
}

std::string ParamsOf(const FakeIndex& index, bool is_series) {
  std::string params = "q";
  if (is_series && index.numbers) params += ",season,ep";
  if (!is_series && index.year) params += ",year";
  return index.imdb_id ? params + ",imdbid" : params;
}

std::string ItemOf(const FakeIndex& index, const FakeRelease& release, const std::string& link,
                   const std::string& element) {
  const auto length = std::to_string(release.size_bytes);
  const bool is_magnet = release.offer == Offer::kMagnetEnclosure;
  const auto target = Escaped(is_magnet ? MagnetOf(release) : link);
  std::string item = "<item><title>" + Escaped(release.title) + "</title><guid>" + Escaped(link) + "&amp;guid</guid>";
  if (element == "jackettindexer") {
    item +=
        "<jackettindexer id=\"" + index.id + "\">" + index.id + "</jackettindexer><type>" + index.privacy + "</type>";
  }
  if (element == "prowlarrindexer") {
    item += "<prowlarrindexer id=\"" + std::to_string(index.number) + "\" type=\"" + index.privacy + "\">" + index.id +
            "</prowlarrindexer>";
  }
  item += "<pubDate>" + release.published + "</pubDate><size>" + length + "</size><grabs>" +
          std::to_string(release.grabs) + "</grabs><category>" + std::to_string(release.category) + "</category>";
  if (is_magnet || HasLink(release.offer)) {
    item += "<link>" + target + "</link><enclosure url=\"" + target + "\" length=\"" + length +
            "\" type=\"application/x-bittorrent\"/>";
  }
  item +=
      Attribute("seeders", std::to_string(release.seeders)) + Attribute("peers", std::to_string(release.seeders + 2));
  if (release.offer == Offer::kHash) item += Attribute("infohash", HashOf(release));
  if (release.offer == Offer::kMagnet) item += Attribute("magneturl", MagnetOf(release));
  return item + "</item>";
}

}  // namespace

std::string HashOf(const FakeRelease& release) { return Sha1Of(InfoOf(release)); }

std::string TorrentOf(const FakeRelease& release) {
  return "d8:announce" + Text("http://tracker.example/announce") + "4:info" + InfoOf(release) + "e";
}

std::string MagnetOf(const FakeRelease& release) {
  return "magnet:?xt=urn:btih:" + HashOf(release) + "&dn=" + sdk::PercentEncode(release.title);
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string CapsOf(const FakeIndex& index, const std::string& server) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><caps><server title=\"" + server +
         "\"/><limits default=\"50\" max=\"" + std::to_string(index.max) +
         "\"/><searching><search available=\"yes\" supportedParams=\"q\"/><tv-search available=\"yes\" "
         "supportedParams=\"" +
         ParamsOf(index, true) + "\"/><movie-search available=\"yes\" supportedParams=\"" + ParamsOf(index, false) +
         "\"/></searching><categories><category id=\"2000\" name=\"Movies\"><subcat id=\"2040\" name=\"HD\"/>"
         "</category><category id=\"5000\" name=\"TV\"/></categories></caps>";
}

std::string FeedOf(const FakeIndex& index, const std::vector<const FakeRelease*>& found, const LinkTo& link,
                   const std::string& element) {
  std::string feed =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
      "xmlns:torznab=\"http://torznab.com/schemas/2015/feed\"><channel><title>" +
      index.id + "</title>";
  for (const auto* release : found) {
    const auto position = static_cast<std::size_t>(release - index.releases.data());
    feed += ItemOf(index, *release, link(position), element);
  }
  return feed + "</channel></rss>";
}

std::string ResultsOf(const FakeIndex& index, const std::vector<const FakeRelease*>& found, const LinkTo& link) {
  auto results = nlohmann::json::array();
  for (const auto* release : found) {
    const auto target = link(static_cast<std::size_t>(release - index.releases.data()));
    nlohmann::json item{{"guid", "https://" + index.id + ".example/" + release->title},
                        {"title", release->title},
                        {"indexer", index.id},
                        {"indexerId", index.number},
                        {"size", release->size_bytes},
                        {"seeders", release->seeders},
                        {"leechers", 2},
                        {"publishDate", "2015-03-14T21:10:42Z"},
                        {"protocol", index.usenet ? "usenet" : "torrent"},
                        {"categories", {{{"id", release->category}, {"name", "x"}}}},
                        {"imdbId", std::stoi(release->imdb_id.substr(2))},
                        {"infoUrl", "https://" + index.id + ".example/info"}};
    if (release->offer == Offer::kHash) item["infoHash"] = HashOf(*release);
    if (release->offer == Offer::kMagnet || release->offer == Offer::kMagnetEnclosure) {
      item["magnetUrl"] = MagnetOf(*release);
    }
    // Prowlarr has addresses of its own for both.
    if (release->offer == Offer::kRedirect) item["magnetUrl"] = target;
    if (HasLink(release->offer) && release->offer != Offer::kRedirect) item["downloadUrl"] = target;
    results.push_back(std::move(item));
  }
  return results.dump();
}

}  // namespace sluice::fakes
