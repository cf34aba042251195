// SPDX-License-Identifier: MIT
/// \file
/// Generates playlists, odd ones and valid ones, rewrites them, and fails unless the output is the input with nothing
/// but its URIs replaced. Prints one JSON array [base, reference, minted target] a line, for check_resolution.mjs to
/// judge the targets.

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "readable_minter.hpp"
#include "valid_playlists.hpp"

namespace sluice::plugins::hls {
namespace {

using Words = std::vector<std::string_view>;

const Words kBases = {"https://origin.example/show/42/index.m3u8?token=x%2Fy",
                      "http://origin.example:8080/a//b/./c/../i.m3u8",
                      "https://origin.example/d%2Fe/\xc3\xa9 f/{g}/i?x=/../y#z",
                      "http://u:p@origin.example/%2e%2e/a/i.m3u8", "https://[2001:db8::1]/i.m3u8"};
const Words kStarts = {"",
                       "",
                       "",
                       "./",
                       "../",
                       "../../",
                       "/",
                       "//cdn.example/",
                       "https://cdn.example:8443/",
                       "http://u:p@h.example/",
                       "HTTPS://cdn.example/",
                       "\\\\cdn.example\\",
                       "\\",
                       "%2e%2E/"};
// No ".name": before a dot segment it keeps Node 20 (Ada 2.9) from removing any.
const Words kSegments = {
    "seg-1.ts", "a b",  "\xc3\xa9\xe6\x97\xa5", "..",  ".", "%2e",  ".%2E",      "%2e%2e", "x;y=1", "%2F%20%3d",
    "100%",     "{id}", "~*+,;=$!'()@&",        "<x>", "`", "a\tb", "%2e%2e%2e", "%zz",    "[1]",   "x%2"};
const Words kJoints = {"/", "/", "/", "//", "\\", "/./", "/../"};
const Words kQueries = {
    "", "?", "?a=b", "?c d=\xc3\xa9", "?%2F=~*+,;=/../x", "?h=\\<>{g}`|^", "?s=a-b~c_&t=%7E+%20", "?x?/./"};

struct Place {
  std::string_view before, after, kind;
};
const std::vector<Place> kPlaces = {
    {"#EXTINF:6.006,T, \"q\n", "\n", "segment"},
    {"#EXTINF:6\r\n \t", " \r\n", "segment"},
    {"#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"a,b\"\n\n# c\n", "\n", "manifest"},
    {"#EXT-X-KEY:METHOD=AES-128,URI=\"", "\",IV=0x1\n", "key"},
    {"#EXT-X-MAP:BYTERANGE=\"1@0\",URI=\" ", "\"\r\n", "init"},
    {"#EXT-X-MEDIA:TYPE=AUDIO,NAME=\"URI=x, y\",URI=\"", "\"\n", "manifest"},
    {"#EXT-X-I-FRAME-STREAM-INF:URI = \"", "\" ,X\n", "manifest"},
    {"#EXT-X-PART:DURATION=1,URI=\"", "\",INDEPENDENT=YES\n", "segment"},
    {"#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"", "\"\n", "init"},
    {"#EXT-X-RENDITION-REPORT:URI=\"", "\",LAST-MSN=1\r\r\n", "manifest"},
    {"#EXT-X-SESSION-DATA:DATA-ID=\"URI=\",URI=\"", "\"\n", "data"},
    {"#EXT-X-CONTENT-STEERING:SERVER-URI=\"", "\",PATHWAY-ID=\"URI\"\n", "data"},
    {"#EXT-X-DATERANGE:ID=\"1\",X-URI=\"no\",X-ASSET-URI=\"", "\"", "manifest"},
};
const Words kFillers = {"",
                        "\n",
                        "\r\n",
                        "# comment URI=\"a\"\n",
                        "#EXT-X-UNKNOWN:URI=\"a\"\n",
                        "#EXT-X-KEY:METHOD=NONE\n",
                        "#EXTGRP:caf\xe9\n",
                        "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"\"\n",
                        "#EXT-X-KEY:METHOD=X,URI=\"skd://a\"\n",
                        "\t\n"};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  /// Literal text, URI, literal text, URI … literal text.
  std::vector<std::string> Playlist(std::vector<std::string_view>& kinds) {
    std::vector<std::string> parts{Roll(4) == 0 ? "\xef\xbb\xbf#EXTM3U\r\n" : "#EXTM3U\n"};
    for (unsigned i = Roll(30) + 1; i > 0; --i) {
      const auto& place = kPlaces[Roll(kPlaces.size())];
      parts.back().append(Pick(kFillers)).append(place.before);
      parts.push_back(Reference());
      parts.emplace_back(place.after);
      if (!place.after.ends_with('\n')) parts.back() += '\n';
      kinds.push_back(place.kind);
    }
    parts.back().append(Pick(kFillers));
    return parts;
  }
  std::string_view Base() { return Pick(kBases); }

 private:
  unsigned Roll(std::size_t sides) { return static_cast<unsigned>(random_() % sides); }
  std::string_view Pick(const Words& words) { return words[Roll(words.size())]; }
  std::string Reference() {
    std::string out(Pick(kStarts));
    for (unsigned i = Roll(4) + 1; i > 0; --i) out.append(Pick(kSegments)).append(i > 1 ? Pick(kJoints) : "");
    return out.append(Pick(kQueries));
  }

  std::mt19937 random_;
};

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\t' ? std::string("\\t") : std::string(1, c);
  }
  return out + '"';
}

/// Notes say more of links than where they lead.
std::string WithoutNotes(std::string text) {
  constexpr std::string_view kNote = "&n=";
  for (auto at = text.find(kNote); at != std::string::npos; at = text.find(kNote, at))
    text.erase(at, text.find_first_of("\"\r\n# ", at) - at);
  return text;
}

bool Check(unsigned seed) {
  Generator generator(seed);
  std::vector<std::string_view> kinds;
  const auto parts = generator.Playlist(kinds);
  const auto base = generator.Base();
  std::string text;
  for (const auto& part : parts) text += part;

  ReadableMinter links;
  const sdk::testing::FakeHost host;
  const auto out = HlsRewriter(host.host(), PassOptions{.links = {.allow_insecure = true}})
                       .Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = base, .content_type = {}}, links);
  if (!out || links.targets.size() != kinds.size()) {
    std::cerr << "seed " << seed << ": " << (out ? "not every URI was minted" : out.error().message) << '\n' << text;
    return false;
  }
  std::string want;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto link = "/go/" + std::string(kinds[std::min(i / 2, kinds.size() - 1)]) + "?u=";
    want += i % 2 == 0 ? parts[i] : link + sdk::PercentEncode(links.targets[i / 2]);
    if (i % 2 == 1)
      std::cout << '[' << Quoted(base) << ',' << Quoted(parts[i]) << ',' << Quoted(links.targets[i / 2]) << "]\n";
  }
  if (WithoutNotes(out->text) == want) return true;
  std::cerr << "seed " << seed << ": octets outside the URIs changed\n--- want\n" << want << "--- got\n" << out->text;
  return false;
}

/// Reads the links back out of `text`, which is to be `playlist` rewritten.
bool Matches(const ValidPlaylist& playlist, std::string_view text) {
  for (std::size_t i = 0; i < playlist.wanted.size(); ++i) {
    if (i % 2 == 0) {
      if (!text.starts_with(playlist.wanted[i])) return false;
      text.remove_prefix(playlist.wanted[i].size());
      continue;
    }
    const auto link = text.substr(0, text.find_first_of("\"\n"));
    const auto target = sdk::QueryParam(link.substr(std::min(link.find('?'), link.size() - 1) + 1), "u");
    if (!link.starts_with("/go/") || !target) return false;
    std::cout << '[' << Quoted(playlist.base) << ',' << Quoted(playlist.expanded[i / 2]) << ','
              << Quoted(*sdk::PercentDecode(*target)) << "]\n";
    text.remove_prefix(link.size());
  }
  return text.empty();
}

/// \returns  what came out; nothing when that is wrong.
std::optional<std::string> CheckValid(unsigned seed, const ValidPlaylist& playlist, std::string_view note) {
  std::string text;
  for (const auto& part : playlist.written) text += part;
  ReadableMinter links;
  const sdk::testing::FakeHost host;
  const auto out = HlsRewriter(host.host(), PassOptions{.links = {.allow_insecure = true}})
                       .Rewrite(sdk::testing::AnyCall(),
                                {.text = text, .base_url = playlist.base, .content_type = {}, .note = note}, links);
  if (out && Matches(playlist, out->text)) return out->text;
  std::cerr << "seed " << seed << ", valid playlist\n"
            << text << "--- got\n"
            << (out ? out->text : out.error().message);
  return std::nullopt;
}

bool CheckValid(unsigned seed) {
  ValidPlaylists generator(seed);
  const auto master = generator.Multivariant();
  const auto rewritten = CheckValid(seed, master, {});
  if (!rewritten) return false;
  const auto note = NoteIn(*rewritten);
  return CheckValid(seed, generator.Media({}), {}) && CheckValid(seed, generator.Media(master.variables), note);
}

}  // namespace
}  // namespace sluice::plugins::hls

int main() {
  for (unsigned seed = 0; seed < 500; ++seed)
    if (!sluice::plugins::hls::Check(seed) || !sluice::plugins::hls::CheckValid(seed)) return 1;
  return 0;
}
