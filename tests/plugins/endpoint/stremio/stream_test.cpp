// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "plugins/endpoint/stremio/flags.hpp"
#include "plugins/endpoint/stremio/text.hpp"
#include "tests/plugins/endpoint/stremio/stream_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

constexpr const char* kUrl = "https://addon.example/play/1";

Stream Full() {
  auto out = StreamOf('a', "Show.S01.2160p.BluRay.REMUX.HEVC.DV.HDR.TrueHD.Atmos.7.1-GRP");
  out.release.languages = {"en", "fr", "multi audio"};
  out.cache = CacheState::kCached;
  out.file_name = "Show.S01E02.mkv";
  out.file_index = 0;
  out.file_size_bytes = std::uint64_t{3} << 30U;
  out.size_bytes = (std::uint64_t{30} << 30U) + (std::uint64_t{1} << 29U);
  out.bits_per_second = 8'500'000;
  out.seeders = 42;
  out.indexer = "yts";
  out.video_hash = "8e245d9679d31e12";
  return out;
}

TEST(StremioStreamTest, SaysAllThatIsKnown) {
  const auto object = StreamObject(Full(), "Sluice", kUrl);

  EXPECT_EQ(object["name"], "⚡️ [TB]\nSluice\n4k");
  EXPECT_EQ(object["description"],
            "💿 BluRay REMUX 🎞️ hevc\n"
            "📺 DV HDR 🎧 Atmos TrueHD | 7.1\n"
            "💾 3.00 GB 📦 30.50 GB 〽️ 8.50 Mbps 👤 42\n"
            "🌐 🇬🇧 🇫🇷 multi audio\n"
            "⚙️ GRP 🔍 yts\n"
            "📄 Show.S01E02.mkv");
  EXPECT_EQ(object["url"], kUrl);
  EXPECT_FALSE(object.contains("infoHash"));
  EXPECT_EQ(object["behaviorHints"], Json({{"bingeGroup", "torz:" + std::string(40, 'a')},
                                           {"filename", "Show.S01E02.mkv"},
                                           {"videoSize", std::uint64_t{3} << 30U},
                                           {"videoHash", "8e245d9679d31e12"}}));
}

TEST(StremioStreamTest, DropsLinesWithoutData) {
  auto stream = StreamOf('a', "Film", "");

  const auto object = StreamObject(stream, "Sluice", kUrl);

  EXPECT_EQ(object["name"], "❔\nSluice");
  EXPECT_EQ(object["description"], "📁 Film");
  EXPECT_EQ(object["behaviorHints"], Json::object({{"bingeGroup", "torz:" + std::string(40, 'a')}}));
}

TEST(StremioStreamTest, ShowsWhetherItIsCached) {
  auto stream = StreamOf('a', "Film.1080p", "rd");
  const auto name = [&] { return StreamObject(stream, "Sluice", kUrl)["name"].get<std::string>(); };
  EXPECT_EQ(name(), "❔ [RD]\nSluice\n1080p");

  stream.cache = CacheState::kUncached;
  EXPECT_EQ(name(), "[RD]\nSluice\n1080p");
  stream.is_private = true;
  EXPECT_EQ(name(), "[RD] 🔑\nSluice\n1080p");
  stream.cache = CacheState::kCached;
  stream.proxied = true;
  EXPECT_EQ(name(), "✨ ⚡️ [RD] 🔑\nSluice\n1080p");
}

TEST(StremioStreamTest, SendsFileIndexZeroToPeers) {
  auto stream = Full();
  stream.store_code = "p2p";
  stream.cache = CacheState::kUnknown;

  const auto object = StreamObject(stream, "Sluice", kUrl);

  EXPECT_EQ(object["infoHash"], std::string(40, 'a'));
  ASSERT_TRUE(object.contains("fileIdx"));
  EXPECT_EQ(object["fileIdx"], 0);
  EXPECT_FALSE(object.contains("url"));
  EXPECT_EQ(object["name"], "[P2P]\nSluice\n4k");
}

TEST(StremioStreamTest, LeavesToPeersWhatTheyCanPlay) {
  auto stream = Full();
  EXPECT_TRUE(CanBePeerToPeer(stream));
  stream.is_private = true;
  EXPECT_FALSE(CanBePeerToPeer(stream));
  stream = Full();
  stream.file_index = -1;
  EXPECT_FALSE(CanBePeerToPeer(stream));
  stream.file_index.reset();
  EXPECT_FALSE(CanBePeerToPeer(stream));
}

TEST(StremioStreamTest, ShowsOneSizeWhereFileAndTorrentAreTheSame) {
  auto stream = Full();
  stream.size_bytes = stream.file_size_bytes;
  stream.bits_per_second = 0;
  stream.seeders = 0;
  stream.age = std::chrono::hours(50);

  EXPECT_THAT(StreamObject(stream, "Sluice", kUrl)["description"].get<std::string>(),
              HasSubstr("\n📦 3.00 GB 👤 0 ⏱️ 2d\n"));
}

TEST(StremioStreamTest, ShowsSubtitlesOnALineOfTheirOwn) {
  auto stream = Full();
  stream.release.subtitles = {"de", "es-419"};
  const auto description = [&] { return StreamObject(stream, "Sluice", kUrl)["description"].get<std::string>(); };
  EXPECT_THAT(description(), HasSubstr("\n🎙️ 🇬🇧 🇫🇷 multi audio\n💬 🇩🇪 🇲🇽\n"));

  stream.release.languages.clear();
  EXPECT_THAT(description(), HasSubstr("👤 42\n💬 🇩🇪 🇲🇽\n"));
}

TEST(StremioStreamTest, NamesTheSiteWhereThereIsNoIndexer) {
  auto stream = Full();
  stream.indexer = "\n";
  stream.release.site = "site.example";
  stream.release.group.clear();

  EXPECT_THAT(StreamObject(stream, "Sluice", kUrl)["description"].get<std::string>(), HasSubstr("\n🔗 site.example\n"));
}

TEST(StremioStreamTest, TextOfStrangersStaysText) {
  auto stream = Full();
  stream.file_name = "a\n⚡️ [TB]\r\nfake\u202Egpj.\xFF";
  stream.indexer = std::string(500, 'i');
  stream.release.resolution = "4k\nfake";
  stream.release.group = "<b>&\"";

  const auto object = StreamObject(stream, "Slu\nice", kUrl);

  EXPECT_EQ(object["name"], "⚡️ [TB]\nSlu ice\n4k fake");
  const auto description = object["description"].get<std::string>();
  EXPECT_THAT(description, HasSubstr("\n📄 a ⚡️ [TB] fake gpj."));
  EXPECT_THAT(description, HasSubstr("⚙️ <b>&\" 🔍 iii"));
  EXPECT_THAT(description, Not(HasSubstr(std::string(61, 'i'))));
  EXPECT_EQ(object["behaviorHints"]["filename"], "a ⚡️ [TB] fake gpj.");
}

TEST(StremioStreamTest, AnyOctetsMakeJson) {
  std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same in every run
  for (int i = 0; i < 500; ++i) {
    std::string octets;
    for (auto n = random() % 2000; n > 0; --n) octets += static_cast<char>(random() % 256);
    auto stream = StreamOf('a', octets, octets);
    stream.file_name = octets;
    stream.indexer = octets;
    stream.video_hash = octets;
    stream.release.languages.assign(30, octets);
    stream.release.audio.assign(30, octets);

    const auto object = StreamObject(stream, octets, kUrl);

    EXPECT_NO_THROW(static_cast<void>(object.dump()));
    EXPECT_LT(object["description"].get<std::string>().size(), 4000u);
    for (const auto* line : {"name", "description"}) {
      auto text = object[line].get<std::string>();
      std::erase(text, '\n');
      EXPECT_TRUE(IsPlainText(text));
    }
  }
}

TEST(StremioStreamTest, NoticesSayWhy) {
  EXPECT_EQ(NoticeObject("Sluice", "The pool\nrefused", kUrl),
            Json({{"name", "⚠️\nSluice"}, {"description", "The pool refused"}, {"externalUrl", kUrl}}));
}

TEST(StremioFlagsTest, KnowLanguages) {
  EXPECT_EQ(FlagOf("en"), "🇬🇧");
  EXPECT_EQ(FlagOf("es-419"), "🇲🇽");
  EXPECT_EQ(FlagOf("ja"), "🇯🇵");
  EXPECT_EQ(FlagOf("dual audio"), "dual audio");
  EXPECT_EQ(FlagOf("xx"), "xx");
  EXPECT_EQ(FlagOf(""), "");
}

}  // namespace
}  // namespace sluice::plugins::stremio
