// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sluice/sdk/base64.hpp>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "plugins/manifest/hls/pathway.hpp"
#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

using namespace std::literals;
using nlohmann::json;
using ::testing::HasSubstr;

constexpr auto kSteered =
    "#EXTM3U\n#EXT-X-DEFINE:NAME=\"cdn\",VALUE=\"x\"\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID=\"A\"\nhttps://a.example:8443/v.m3u8?t=1&k=2\n"
    "#EXT-X-CONTENT-STEERING:SERVER-URI=\"/steering?s=1\",PATHWAY-ID=\"A\"\n"sv;
constexpr auto kServer = "https://steer.example/s/manifest.json"sv;

/// What a player would hold after it read the multivariant playlist: two rewriters with one secret, as one server has.
class HlsSteeringTest : public ::testing::Test {
 protected:
  HlsSteeringTest() : master_(Text(kSteered, kBase, {})) {
    steering_note_ = NoteIn(master_, "data");
    variant_note_ = NoteIn(master_, "manifest");
  }

  Rewritten Rewrite(std::string_view text, std::string_view base, std::string_view note) {
    ReadableMinter links;
    return (*rewriter_)
        ->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = base, .content_type = {}, .note = note}, links);
  }
  std::string Text(std::string_view text, std::string_view base, std::string_view note) {
    return TextOf(Rewrite(text, base, note));
  }
  json Steered(const json& manifest) {
    const auto out = Rewrite(manifest.dump(), kServer, steering_note_);
    EXPECT_TRUE(out) << out.error().message;
    return out ? json::parse(out->text) : json();
  }
  /// What clone `index` of the rewritten `manifest` says of its links.
  static json ReplacementOf(const json& manifest, std::size_t index = 0) {
    return manifest["PATHWAY-CLONES"][index]["URI-REPLACEMENT"];
  }
  static json Clones(const json& replacement) {
    return {{"VERSION", 1}, {"PATHWAY-CLONES", {{{"BASE-ID", "A"}, {"ID", "C"}, {"URI-REPLACEMENT", replacement}}}}};
  }
  /// As a player, follows a link to `url` with the parameters of a clone, and what `more` adds.
  std::string Followed(std::string_view url, const json& replacement, std::string_view note, std::string more = {}) {
    for (const auto& [name, value] : replacement["PARAMS"].items()) more += "&" + name + "=" + value.get<std::string>();
    const auto destination =
        (*rewriter_)
            ->Follow(sdk::testing::AnyCall(),
                     {.url = url, .query = more, .kind = sdk::LinkKind::kManifest, .note = note, .minted = true});
    return destination ? destination->url : "error: " + destination.error().message;
  }

  sdk::testing::FakeHost host_;
  sdk::Result<sdk::testing::ThroughAbi<sdk::ManifestRewriter>> rewriter_ =
      sdk::testing::CreateThroughAbi<HlsRewriter>({}, host_);
  std::string master_, steering_note_, variant_note_;
};

TEST_F(HlsSteeringTest, TheManifestIsKnownByItsLinkWhateverItsType) {
  ASSERT_FALSE(steering_note_.empty());
  EXPECT_TRUE((*rewriter_)->Accepts({.content_type = "text/plain", .url = kServer, .note = steering_note_}));
  EXPECT_FALSE((*rewriter_)->Accepts({.content_type = "application/json", .url = kServer}));
  EXPECT_FALSE((*rewriter_)->Accepts({.content_type = "application/json", .url = kServer, .note = variant_note_}));
}

TEST_F(HlsSteeringTest, ReloadUriLeadsBackHereAndTheRestStays) {
  const auto out = Rewrite(
      R"({"VERSION": 1, "TTL": 300, "RELOAD-URI": "next?session=%2F1#f", "PATHWAY-PRIORITY": ["B", "A"], "X": 1.5})",
      kServer, steering_note_);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->content_type, "application/json");
  EXPECT_EQ(out->text, R"({"VERSION":1,"TTL":300,"RELOAD-URI":"/go/data?u=)" +
                           sdk::PercentEncode("https://steer.example/s/next?session=%2F1") +
                           "&n=" + sdk::PercentEncode(steering_note_) + R"(#f","PATHWAY-PRIORITY":["B","A"],"X":1.5})");
}

TEST_F(HlsSteeringTest, HostAndParamsOfACloneChangeWhatIsBehindTheLink) {
  const auto out = ReplacementOf(Steered(Clones({{"HOST", "c.example"}, {"PARAMS", {{"k", "n&w"}, {"new", "1"}}}})));

  EXPECT_FALSE(out.contains("HOST")) << "a player would put it into the gateway's own links";
  ASSERT_EQ(out["PARAMS"].size(), 1U);
  EXPECT_EQ(out.dump().find("c.example"), std::string::npos) << "where the upstream is stays inside";
  EXPECT_EQ(Followed("https://a.example:8443/v.m3u8?t=1&k=2", out, variant_note_),
            "https://c.example:8443/v.m3u8?t=1&k=n%26w&new=1");
  EXPECT_EQ(Followed("https://u:p@[2001:db8::1]/v.m3u8", out, variant_note_),
            "https://u:p@c.example/v.m3u8?k=n%26w&new=1");
}

TEST_F(HlsSteeringTest, DirectivesComeOnTopOfAClone) {
  const auto out = ReplacementOf(Steered(Clones({{"HOST", "c.example:444"}})));

  EXPECT_EQ(Followed("https://a.example:8443/v.m3u8?_HLS_msn=1&t=1", out, variant_note_, "_HLS_msn=7"),
            "https://c.example:444/v.m3u8?t=1&_HLS_msn=7");
}

TEST_F(HlsSteeringTest, ACloneIsTheSameEachTime) {
  const auto clones = Clones({{"HOST", "c.example"}, {"PARAMS", {{"b", "1"}, {"a", "2"}}}});

  EXPECT_EQ(Steered(clones), Steered(clones));
}

TEST_F(HlsSteeringTest, ACloneOfACloneKeepsWhatThatChanged) {
  auto manifest = Clones({{"HOST", "c.example"}, {"PARAMS", {{"a", "1"}, {"b", "2"}}}});
  manifest["PATHWAY-CLONES"].push_back(
      {{"BASE-ID", "C"}, {"ID", "D"}, {"URI-REPLACEMENT", {{"PARAMS", {{"b", "3"}}}}}});

  EXPECT_EQ(Followed("https://a.example/v", ReplacementOf(Steered(manifest), 1), variant_note_),
            "https://c.example/v?a=1&b=3");
}

TEST_F(HlsSteeringTest, WhatACloneNamesItselfBecomesALinkThatNoCloneMoves) {
  const auto out = ReplacementOf(
      Steered(Clones({{"HOST", "c.example"},
                      {"PER-VARIANT-URIS", {{"v1", "https://d.example/v.m3u8?q"}, {"v2", "rel.m3u8"}, {"v3", 5}}},
                      {"PER-RENDITION-URIS", {{"r1", "https://d.example/a.m3u8"}}}})));

  const auto& variant = out["PER-VARIANT-URIS"]["v1"].get_ref<const std::string&>();
  EXPECT_THAT(variant, ::testing::StartsWith("/go/manifest?u=" + sdk::PercentEncode("https://d.example/v.m3u8?q")));
  EXPECT_THAT(out["PER-VARIANT-URIS"]["v2"].get<std::string>(),
              HasSubstr(sdk::PercentEncode("https://steer.example/s/rel.m3u8")));
  EXPECT_EQ(out["PER-VARIANT-URIS"]["v3"], 5);
  EXPECT_THAT(out["PER-RENDITION-URIS"]["r1"].get<std::string>(),
              HasSubstr(sdk::PercentEncode("https://d.example/a.m3u8")));
  EXPECT_EQ(Followed("https://d.example/v.m3u8?q", out, NoteIn(variant)), "https://d.example/v.m3u8?q");
  EXPECT_THAT(Text("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n{$cdn}.ts\n", "https://d.example/v.m3u8", NoteIn(variant)),
              HasSubstr(sdk::PercentEncode("https://d.example/x.ts")))
      << "its playlist imports what the others do";
}

TEST_F(HlsSteeringTest, AClonedPathwayIsOfNoOtherPlaylist) {
  const auto out = ReplacementOf(Steered(Clones({{"HOST", "evil.example"}})));
  const auto other = NoteIn(Text(kSteered, "https://origin.example/show/other.m3u8", {}));
  ASSERT_NE(other, variant_note_);

  EXPECT_EQ(Followed("https://a.example/v?key=1", out, other), "error: no such pathway");
  EXPECT_EQ(Followed("https://a.example/v?key=1", out, {}), "https://a.example/v?key=1");
}

TEST_F(HlsSteeringTest, OnlyPlaylistsAreMoved) {
  const auto out = ReplacementOf(Steered(Clones({{"HOST", "c.example"}})));
  const auto query = std::string(kPathwayParam) + "=" + out["PARAMS"][std::string(kPathwayParam)].get<std::string>();
  const auto follow = [&](sdk::LinkKind kind, bool minted) {
    return (*rewriter_)
        ->Follow(sdk::testing::AnyCall(),
                 {.url = "https://a.example/x", .query = query, .kind = kind, .note = variant_note_, .minted = minted})
        ->url;
  };

  EXPECT_EQ(follow(sdk::LinkKind::kManifest, true), "https://c.example/x");
  EXPECT_EQ(follow(sdk::LinkKind::kManifest, false), "https://a.example/x");
  for (const auto kind : {sdk::LinkKind::kSegment, sdk::LinkKind::kKey, sdk::LinkKind::kData})
    EXPECT_EQ(follow(kind, true), "https://a.example/x");
}

TEST_F(HlsSteeringTest, RefusesAForgedPathway) {
  const auto out = ReplacementOf(Steered(Clones({{"HOST", "c.example"}})));
  const auto sealed = out["PARAMS"][std::string(kPathwayParam)].get<std::string>();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Followed("https://a.example/x", {{"PARAMS", {{std::string(kPathwayParam), changed}}}}, variant_note_),
              "error: no such pathway");
  }
  EXPECT_EQ(Followed("https://a.example/x", {{"PARAMS", {{std::string(kPathwayParam), ""}}}}, variant_note_),
            "error: no such pathway");
}

TEST_F(HlsSteeringTest, SaysWhatIsWrongWithAManifest) {
  const auto fault = [&](std::string_view text) { return Text(text, kServer, steering_note_); };
  std::string deep = "{\"A\":";
  for (int i = 0; i < 40; ++i) deep += "[";

  EXPECT_EQ(fault(""), "error: not a JSON steering manifest: the body is empty");
  EXPECT_EQ(fault("<html>"), "error: not a JSON steering manifest: the body is HTML or XML");
  EXPECT_EQ(fault("#EXTM3U\n"), "error: not a JSON steering manifest: the body is a playlist");
  EXPECT_EQ(fault("{\"VERSION\": 1"), "error: not a JSON steering manifest: the body is no JSON, or not all of it");
  EXPECT_EQ(fault("{\"A\": \"\xff\"}"), "error: not a JSON steering manifest: the body is no JSON, or not all of it");
  EXPECT_EQ(fault("[]"), "error: not a JSON steering manifest: want an object");
  EXPECT_EQ(fault(deep), "error: not a JSON steering manifest: want at most 32 levels");
  EXPECT_EQ(fault(R"({"RELOAD-URI": "http://h/"})"),
            "error: /RELOAD-URI: an http reference in what came by https; want https, or `allow_insecure_segments`");
  EXPECT_EQ(fault(R"({"PATHWAY-CLONES": [1]})"), "error: steering manifest: /PATHWAY-CLONES/0: want an object");
  for (const auto* host : {"h/p", "u@h", "h?q", "h:", "h:99999", "a b", "h#f"})
    EXPECT_EQ(fault(Clones({{"HOST", host}}).dump()),
              "error: steering manifest: /PATHWAY-CLONES/0/URI-REPLACEMENT/HOST: want a host")
        << host;
  EXPECT_EQ(fault(Clones({{"PARAMS", {{"a", std::string(3000, 'x')}}}}).dump()),
            "error: steering manifest: /PATHWAY-CLONES/0/URI-REPLACEMENT/PARAMS: want at most 2048 octets");
}

TEST_F(HlsSteeringTest, LeavesAloneWhatItDoesNotUnderstand) {
  for (const auto* text :
       {R"({"RELOAD-URI":5})", R"({"RELOAD-URI":"data:,x"})", R"({"PATHWAY-CLONES":{}})",
        R"({"PATHWAY-CLONES":[{"ID":"C"}]})", R"({"PATHWAY-CLONES":[{"URI-REPLACEMENT":[]}]})",
        R"({"PATHWAY-CLONES":[{"ID":"C","URI-REPLACEMENT":{"PER-VARIANT-URIS":[],"X":"http://h"}}]})"})
    EXPECT_EQ(Text(text, kServer, steering_note_), text);
}

TEST_F(HlsSteeringTest, AManifestWithinThePlaylistIsRewrittenThere) {
  const auto tag = [](const std::string& uri) {
    return "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"" + uri + "\",PATHWAY-ID=\"A\"\n";
  };
  const auto rewritten = [&](const std::string& uri) {
    const auto text = Text(tag(uri), kBase, {});
    constexpr auto kHead = "SERVER-URI=\"data:application/json;base64,"sv;
    const auto begin = text.find(kHead);
    if (begin == std::string::npos) return text;
    const auto from = begin + kHead.size();
    return sdk::Base64Decode(text.substr(from, text.find('"', from) - from)).value();
  };
  const auto manifest = R"({"RELOAD-URI":"https://steer.example/r"})"s;

  EXPECT_THAT(rewritten("data:application/json;charset=utf-8;BASE64," + sdk::Base64Encode(manifest)),
              ::testing::StartsWith(R"({"RELOAD-URI":"/go/data?u=https%3A%2F%2Fsteer.example%2Fr&n=hls1s)"));
  EXPECT_THAT(rewritten("DATA:," + sdk::PercentEncode(manifest)),
              ::testing::StartsWith(R"({"RELOAD-URI":"/go/data?u=https%3A%2F%2Fsteer.example%2Fr&n=hls1s)"));
  EXPECT_EQ(rewritten("data:,%7"), tag("data:,%7")) << "cannot be read";
  EXPECT_EQ(rewritten("data:nothing"), tag("data:nothing"));
  EXPECT_EQ(rewritten("data:,{"),
            "error: playlist line 2: not a JSON steering manifest: the body is no JSON, or not all of it");
}

TEST_F(HlsSteeringTest, WithoutSteeringNoLinkGrows) {
  EXPECT_EQ(Text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n", kBase, {}).find("&n="), std::string::npos);
}

}  // namespace
}  // namespace sluice::plugins::hls
