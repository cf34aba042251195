// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ValidPlaylists: random playlists that keep to RFC 8216bis, with what their references mean.

#include <cstddef>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::hls {

/// A playlist as literal text, reference, literal text, reference … literal text.
struct ValidPlaylist {
  std::string base;
  std::vector<std::string> written{""};  ///< As above.
  std::vector<std::string> wanted{""};   ///< The literal texts as they are to come out; references stay empty.
  std::vector<std::string> expanded{};   ///< Of each reference: its variables replaced.
  std::map<std::string, std::string> variables{};
};

class ValidPlaylists {
 public:
  explicit ValidPlaylists(unsigned seed) : random_(seed) {}

  ValidPlaylist Multivariant() {
    Begin("master.m3u8");
    Define(false);
    Text("#EXT-X-INDEPENDENT-SEGMENTS\n");
    if (Roll(2) == 0) Tag("#EXT-X-CONTENT-STEERING:SERVER-URI=\"", "\",PATHWAY-ID=\"a,b\"\n");
    if (Roll(2) == 0) Tag("#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"", "\",KEYFORMAT=\"identity\"\n");
    if (Roll(2) == 0) Tag("#EXT-X-SESSION-DATA:DATA-ID=\"org.example\",URI=\"", "\",LANGUAGE=\"en\"\n");
    for (auto i = Roll(4); i > 0; --i)
      Tag("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x, URI=y\",DEFAULT=NO,URI=\"", "\",CHANNELS=\"2\"\n");
    Text("#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"cc\",INSTREAM-ID=\"CC1\"\n");
    for (auto i = Roll(5) + 1; i > 0; --i) {
      Text("#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(Roll(9000000)) +
           ",CODECS=\"avc1.4d401f,mp4a.40.2\",RESOLUTION=1280x720,AUDIO=\"a\"\n");
      if (Roll(4) == 0) Text("\n# a comment\n");
      Tag("", "\n");
      if (Roll(2) == 0) Tag("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"", "\",CODECS=\"avc1.4d401f\"\n");
    }
    return std::move(playlist_);
  }

  /// \param imported  what its multivariant playlist defines.
  ValidPlaylist Media(const std::map<std::string, std::string>& imported) {
    Begin("media.m3u8");
    const bool low_latency = Roll(2) == 0;
    Text("#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(Roll(100000)) + "\n");
    Define(true);
    for (const auto& [name, value] : imported) {
      if (playlist_.variables.emplace(name, value).second)
        Change("#EXT-X-DEFINE:IMPORT=\"" + name + "\"\n", "#EXT-X-DEFINE:NAME=\"" + name + "\",VALUE=\"\"\n");
    }
    if (low_latency)
      Text(
          "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0,CAN-SKIP-UNTIL=36.0\n"
          "#EXT-X-PART-INF:PART-TARGET=0.33334\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES=\"a\tb\"\n");
    for (auto i = Roll(12) + 1; i > 0; --i) Segment(low_latency);
    if (low_latency) {
      Tag("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"", "\",BYTERANGE-START=0\n");
      Tag("#EXT-X-RENDITION-REPORT:URI=\"", "\",LAST-MSN=273,LAST-PART=2\n");
    } else {
      Text("#EXT-X-ENDLIST\n");
    }
    return std::move(playlist_);
  }

 private:
  using Words = std::vector<std::string_view>;

  void Begin(std::string_view name) {
    playlist_ = {};
    playlist_.base = Pick({"https://origin.example/show/42/", "https://origin.example/",
                           "http://h.example:8080/a//b/c%2Fd/", "https://[2001:db8::1]/x/"});
    playlist_.base.append(name).append(Pick({"?q=x%2Fy", "?q=1&z", "?a=b&q=~*+"}));
    Text("#EXTM3U\n#EXT-X-VERSION:12\n");
  }

  void Define(bool media) {
    const std::string prefix = media ? "m" : "v";
    for (auto i = Roll(3); i > 0; --i) {
      const auto name = prefix + std::to_string(i);
      const std::string value(Pick({"a/b", "https://cdn.example:8443/v", "tok%2Fen~*", "..", "x-y_z", "?s=1&t=%20"}));
      playlist_.variables.emplace(name, value);
      Text("#EXT-X-DEFINE:NAME=\"" + name + "\",VALUE=\"" + value + "\"\n");
    }
    if (Roll(2) == 0) return;
    const auto query = playlist_.base.substr(playlist_.base.find("q=") + 2);
    auto value = query.substr(0, query.find('&'));
    if (const auto escape = value.find("%2F"); escape != std::string::npos) value.replace(escape, 3, "/");
    playlist_.variables.emplace("q", value);
    Change("#EXT-X-DEFINE:QUERYPARAM=\"q\"\n", "#EXT-X-DEFINE:NAME=\"q\",VALUE=\"\"\n");
  }

  void Segment(bool low_latency) {
    if (Roll(4) == 0) Tag("#EXT-X-KEY:METHOD=AES-128,URI=\"", "\",IV=0x0123456789abcdef0123456789ABCDEF\n");
    if (Roll(6) == 0) Text("#EXT-X-KEY:METHOD=NONE\n");
    if (Roll(4) == 0) Tag("#EXT-X-MAP:URI=\"", "\",BYTERANGE=\"720@0\"\n");
    if (Roll(6) == 0) Text("#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z\n");
    if (Roll(8) == 0)
      Tag("#EXT-X-DATERANGE:ID=\"1\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-URI=\"", "\",X-URI=\"u\"\n");
    if (Roll(8) == 0) Tag("#EXT-X-DATERANGE:ID=\"2\",X-ASSET-LIST=\"", "\",SCTE35-OUT=0xFC002F\n");
    for (auto i = low_latency ? Roll(3) : 0; i > 0; --i)
      Tag("#EXT-X-PART:DURATION=0.33334,URI=\"", Roll(2) == 0 ? "\",INDEPENDENT=YES\n" : "\",BYTERANGE=\"9@0\"\n");
    Text("#EXTINF:6.006,a title, with \"quotes\" and URI=\"x\"\n");
    if (Roll(4) == 0) Text("#EXT-X-BYTERANGE:1000@0\n");
    Tag("", "\n");
  }

  void Text(const std::string& text) { Change(text, text); }
  void Change(const std::string& written, const std::string& wanted) {
    playlist_.written.back() += written;
    playlist_.wanted.back() += wanted;
  }
  void Tag(const std::string& before, const std::string& after) {
    Text(before);
    auto reference = Reference();
    playlist_.written.push_back(reference);
    playlist_.wanted.emplace_back();
    playlist_.expanded.push_back(Expand(std::move(reference)));
    playlist_.written.emplace_back();
    playlist_.wanted.emplace_back();
    Text(after);
  }

  /// RFC 3986 §4.1, in forms that both RFC 3986 and browsers read alike.
  std::string Reference() {
    std::string out;
    if (!playlist_.variables.empty() && Roll(3) == 0) {
      auto variable = playlist_.variables.begin();
      std::advance(variable, Roll(playlist_.variables.size()));
      out = (Roll(3) == 0 ? "a/{$" : "{$") + variable->first + "}/";
    } else {
      out = Pick(
          {"", "", "", "../", "../../", "/", "//cdn.example/", "https://cdn.example:8443/x/", "http://h.example/"});
    }
    for (auto i = Roll(3); i > 0; --i)
      out.append(Pick({"v", "1080p", "a%20b", "%2F", "x;y=1", "~", "a+b,c"})).append("/");
    out.append(Pick({"seg-", "part", "s%2e", "m"})).append(std::to_string(Roll(100000)));
    out.append(Pick({".ts", ".m4s", ".m3u8", "", ".mp4"}));
    return out.append(Pick({"", "", "?hdnts=exp=1~acl=/*~hmac=0a", "?a=%2F&b=+&c=/../d", "?"}));
  }
  std::string Expand(std::string reference) const {
    for (const auto& [name, value] : playlist_.variables) {
      const auto whole = "{$" + name + "}";
      if (const auto at = reference.find(whole); at != std::string::npos)
        return reference.replace(at, whole.size(), value);
    }
    return reference;
  }

  unsigned Roll(std::size_t sides) { return static_cast<unsigned>(random_() % sides); }
  std::string_view Pick(const Words& words) { return words[Roll(words.size())]; }

  std::mt19937 random_;
  ValidPlaylist playlist_;
};

}  // namespace sluice::plugins::hls
