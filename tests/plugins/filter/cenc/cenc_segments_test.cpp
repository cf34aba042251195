// SPDX-License-Identifier: MIT
// Segments that come without their init section, parts of files, and where keys come from.
#include <array>
#include <map>
#include <sluice/sdk/init_note.hpp>
#include <sluice/sdk/testing/calls.hpp>
#include <thread>

#include "support.hpp"
#include "tests/plugins/common/sidx_boxes.hpp"

namespace sluice::testing::cenc {
namespace {

using media::Encryption;
using sdk::LinkKind;
using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInitUrl = "https://origin.example/v/init.mp4";
constexpr auto kSegmentUrl = "https://origin.example/v/1.m4s";

/// Files of an origin. Sends parts where parts are asked for.
struct Files final : sdk::ReferenceFetcher {
  sdk::Result<sdk::HttpResponse> Fetch(const sdk::Reference& wanted) override {
    asked.push_back(std::string(wanted.url) + " " + std::to_string(wanted.offset) + "+" +
                    std::to_string(wanted.length));
    const auto found = files.find(std::string(wanted.url));
    if (found == files.end()) return sdk::HttpResponse{.status = 404};
    const auto length = wanted.length == 0 ? std::string::npos : static_cast<std::size_t>(wanted.length);
    const bool part = !ignores_ranges && (wanted.offset != 0 || wanted.length != 0);
    auto body =
        part ? found->second.substr(std::min<std::size_t>(wanted.offset, found->second.size()), length) : found->second;
    return sdk::HttpResponse{.status = part ? 206 : 200, .body = std::move(body)};
  }
  std::map<std::string, std::string> files;
  std::vector<std::string> asked;
  bool ignores_ranges = false;
};

class CencSegmentsTest : public ::testing::Test {
 protected:
  CencSegmentsTest() { files_.files[kInitUrl] = Init(how_); }

  static std::string Init(const Encryption& how, const media::Clip& clip = {}) {
    const auto file = media::Encrypt(media::MakeClip(clip), how);
    return file.substr(0, file.find("moof") - 4);
  }
  static std::string Media(const Encryption& how) {
    const auto file = media::Encrypt(media::MakeClip(), how);
    return file.substr(file.find("moof") - 4);
  }
  void Make(const std::string& config = AllKeys()) {
    auto filter = CreateThroughAbi<plugins::cenc::Cenc>(std::string_view(config), host_);
    ASSERT_TRUE(filter) << filter.error().message;
    filter_.emplace(*std::move(filter));
  }
  sdk::BodyOrigin Noted(const std::string& note) {
    return {.kind = LinkKind::kSegment, .url = kSegmentUrl, .note = note, .references = &files_};
  }
  /// A body through the filter. \param content_range  of a part; empty: the whole.
  Passed Run(const std::string& body, sdk::BodyOrigin origin, const std::string& content_range = {}) {
    const sdk::RequestHead request{.method = "GET", .path = "/", .query = query_};
    if (origin.request == nullptr) origin.request = &request;
    const sdk::Field field{"Content-Range", content_range};
    const sdk::ResponseHead head{.status = content_range.empty() ? 200 : 206,
                                 .url = origin.url,
                                 .headers = {&field, content_range.empty() ? 0U : 1U}};
    auto opened = (*filter_)->OpenBodyFor(AnyCall(), head, origin);
    return opened ? Pass(**opened, body, Each(1000)) : Passed{{}, opened.error()};
  }
  void ExpectClear(const Passed& passed) {
    ASSERT_TRUE(passed.status) << passed.status.error().message;
    EXPECT_TRUE(media::SamplesOf(passed.text) == media::SamplesOf(media::MakeClip()));
  }

  const Encryption how_{.scheme = "cbcs", .crypt = 1, .skip = 9, .iv_bytes = 0, .keys = {Keys().front()}};
  const std::string note_ = sdk::InitNote{.url = kInitUrl}.Pack();
  sdk::testing::FakeHost host_;
  Files files_;
  std::optional<Filter> filter_;
  std::string query_;
};

TEST_F(CencSegmentsTest, ASegmentFetchesTheInitThatItsLinkNames) {
  Make();

  ExpectClear(Run(Media(how_), Noted(note_)));
  ExpectClear(Run(Media(how_), Noted(note_)));

  EXPECT_THAT(files_.asked, ElementsAre(std::string(kInitUrl) + " 0+0")) << "the second knows it";
}

TEST_F(CencSegmentsTest, AnInitThatPassedIsNotFetchedAgain) {
  Make();

  ASSERT_TRUE(Run(Init(how_), {.kind = LinkKind::kInit, .url = kInitUrl, .references = &files_}).status);
  ExpectClear(Run(Media(how_), Noted(note_)));

  EXPECT_THAT(files_.asked, ElementsAre());
}

TEST_F(CencSegmentsTest, AnInitIsForgottenAfterAWhile) {
  Make();

  ExpectClear(Run(Media(how_), Noted(note_)));
  host_.clock.Advance(std::chrono::minutes(6));
  ExpectClear(Run(Media(how_), Noted(note_)));

  EXPECT_EQ(files_.asked.size(), 2U);
}

TEST_F(CencSegmentsTest, TheInitMayBeAPartOfAFile) {
  Make();
  const auto init = Init(how_);
  files_.files[kInitUrl] = std::string(50, 'x') + init + "more";
  const auto note = sdk::InitNote{.url = kInitUrl, .offset = 50, .length = init.size()}.Pack();

  ExpectClear(Run(Media(how_), Noted(note)));
  files_.ignores_ranges = true;
  Make();
  ExpectClear(Run(Media(how_), Noted(note)));
}

TEST_F(CencSegmentsTest, TheConfigurationMaySayWhereTheInitIs) {
  Make(AllKeys().substr(0, AllKeys().size() - 1) + R"(, "init": "init.mp4"})");

  ExpectClear(Run(Media(how_), Noted("")));

  EXPECT_THAT(files_.asked, ElementsAre(std::string(kInitUrl) + " 0+0"));
  EXPECT_TRUE(Run(Init(how_), {.kind = LinkKind::kData, .url = kInitUrl, .references = &files_}).status);
  EXPECT_EQ(files_.asked.size(), 1U) << "an init section needs none";
}

TEST_F(CencSegmentsTest, SaysWhatIsWrongWithTheInit) {
  Make();
  files_.files[kInitUrl] = "not a box";
  EXPECT_THAT(Run(Media(how_), Noted(note_)).status.error().message, HasSubstr("media: the init section: "));
  files_.files[kInitUrl] = std::string(
      "\0\0\0\x8"
      "free",
      8);
  EXPECT_EQ(Run(Media(how_), Noted(note_)).status.error().message, "media: the init section has no moov");
  files_.files.clear();
  const auto missing = Run(Media(how_), Noted(note_)).status.error();
  EXPECT_EQ(missing.message, "media: a part of the file was answered with status 404");
  EXPECT_EQ(missing.code, sdk::Errc::kUpstreamFailed);
}

TEST_F(CencSegmentsTest, HeadFetchesNothing) {
  Make();
  const sdk::RequestHead request{.method = "HEAD", .path = "/"};
  auto origin = Noted(note_);
  origin.request = &request;

  EXPECT_TRUE(Run("", origin).status);

  EXPECT_THAT(files_.asked, ElementsAre());
}

TEST_F(CencSegmentsTest, APartMayBeginAnywhere) {
  for (const std::string scheme : {"cenc", "cbcs", "cbc1"}) {
    Make();
    files_.asked.clear();
    const auto file = media::Encrypt(
        media::MakeClip(),
        {.scheme = scheme, .iv_bytes = scheme == "cenc" ? 8U : 16U, .odd_sizes = true, .keys = {Keys().front()}});
    files_.files[kSegmentUrl] = file;
    const auto whole = Run(file, {.url = kSegmentUrl, .references = &files_});
    ASSERT_TRUE(whole.status) << whole.status.error().message;
    for (std::size_t begin = 1; begin < file.size(); begin += begin < 2000 ? 97 : 1009) {
      const auto passed = Run(file.substr(begin), {.url = kSegmentUrl, .references = &files_},
                              "bytes " + std::to_string(begin) + "-" + std::to_string(file.size() - 1) + "/*");
      ASSERT_TRUE(passed.status) << passed.status.error().message;
      ASSERT_TRUE(passed.text == whole.text.substr(begin)) << scheme << " from " << begin;

      const auto size = std::min<std::size_t>(1 + begin % 777, file.size() - begin);
      const auto bounded =
          "bytes " + std::to_string(begin) + "-" + std::to_string(begin + size - 1) + "/" + std::to_string(file.size());
      const auto short_one = Run(file.substr(begin, size), {.url = kSegmentUrl, .references = &files_}, bounded);
      ASSERT_TRUE(short_one.status) << short_one.status.error().message << " " << bounded;
      ASSERT_TRUE(short_one.text == whole.text.substr(begin, size)) << scheme << " " << bounded;
    }
  }
}

TEST_F(CencSegmentsTest, APartMayBeginAnywhereInAFileWhoseInitIsAnother) {
  Make();
  const auto file = Media(how_);
  files_.files[kSegmentUrl] = file;
  const sdk::BodyOrigin origin{.kind = LinkKind::kData, .url = kSegmentUrl, .note = note_, .references = &files_};
  const auto whole = Run(file, origin);
  ExpectClear(whole);
  for (std::size_t begin = 1; begin < file.size(); begin += 1009) {
    const auto passed = Run(file.substr(begin), origin,
                            "bytes " + std::to_string(begin) + "-" + std::to_string(file.size() - 1) + "/*");
    ASSERT_TRUE(passed.status) << passed.status.error().message;
    ASSERT_TRUE(passed.text == whole.text.substr(begin)) << begin;
  }
}

TEST_F(CencSegmentsTest, PartsOfOtherFilesPass) {
  Make();
  const std::string file = "G@\x11\x10" + std::string(1000, 'x');
  files_.files[kSegmentUrl] = file;

  const auto passed = (*filter_)->OpenBodyFor(
      AnyCall(),
      {.status = 206, .url = kSegmentUrl, .headers = std::array{sdk::Field{"Content-Range", "bytes 188-1003/1004"}}},
      {.url = kSegmentUrl, .references = &files_});

  ASSERT_TRUE(passed) << passed.error().message;
  EXPECT_EQ(passed->get(), nullptr);
}

TEST_F(CencSegmentsTest, APartTooFarBehindIsRefused) {
  Make();
  std::string file = Init(how_);
  for (int i = 0; i < 200; ++i)
    file += std::string(
                "\0\1\0\0"
                "free",
                8) +
            std::string(65536 - 8, ' ');
  files_.files[kSegmentUrl] = file;
  const auto range = "bytes " + std::to_string(file.size() - 5) + "-" + std::to_string(file.size() - 1) + "/*";

  EXPECT_THAT(
      Run(file.substr(file.size() - 5), {.url = kSegmentUrl, .references = &files_}, range).status.error().message,
      HasSubstr("too far behind what is known"));
  EXPECT_LT(files_.asked.size(), 150U);
}

/// A file of `count` segments, each longer than what is read at a step, and an index of them in front.
struct IndexedFile {
  IndexedFile(const std::string& init, const std::string& media, int count) {
    const auto padding = plugins::isobmff::BoxOf("free", std::string(40'000, ' '));
    segment_bytes = media.size() + padding.size();
    const std::vector<plugins::isobmff::SidxReference> references(
        static_cast<std::size_t>(count), {.size = static_cast<std::uint32_t>(segment_bytes), .duration = 1});
    octets = init + plugins::isobmff::Sidx(references);
    first = octets.size();
    for (int i = 0; i < count; ++i) octets += media + padding;
  }
  std::size_t BeginOf(int segment) const { return first + static_cast<std::size_t>(segment) * segment_bytes; }

  std::string octets;
  std::size_t first = 0;
  std::size_t segment_bytes = 0;
};

TEST_F(CencSegmentsTest, AnIndexLeadsToAPartHoweverFarBehind) {
  Make();
  const IndexedFile file(Init(how_), Media(how_), 200);
  files_.files[kSegmentUrl] = file.octets;
  const auto clear = Run(file.octets, {.url = kSegmentUrl, .references = &files_});
  ASSERT_TRUE(clear.status) << clear.status.error().message;
  for (const int segment : {180, 199, 20, 179}) {
    files_.asked.clear();
    for (const std::size_t within : {0U, 1U, 700U}) {
      const auto begin = file.BeginOf(segment) + within;
      const auto range = "bytes " + std::to_string(begin) + "-" + std::to_string(begin + 999) + "/*";

      const auto part = Run(file.octets.substr(begin, 1000),
                            {.kind = LinkKind::kSegment, .url = kSegmentUrl, .references = &files_}, range);

      ASSERT_TRUE(part.status) << part.status.error().message;
      EXPECT_TRUE(part.text == clear.text.substr(begin, 1000)) << segment << " from " << within;
    }
    EXPECT_LT(files_.asked.size(), 12U) << segment;
  }
}

TEST_F(CencSegmentsTest, AnIndexThatLeadsToNoFragmentIsFound) {
  Make();
  IndexedFile file(Init(how_), Media(how_), 200);
  const auto behind = file.BeginOf(190);
  file.octets.replace(behind, file.octets.size() - behind, plugins::isobmff::BoxOf("mdat", std::string(50'000, 'x')));
  files_.files[kSegmentUrl] = file.octets;
  const auto range = "bytes " + std::to_string(behind + 10) + "-" + std::to_string(behind + 19) + "/*";

  const auto part = Run(std::string(10, 'x'), {.url = kSegmentUrl, .references = &files_}, range);

  EXPECT_EQ(part.status.error().message, "media: the index of segments leads to samples without a fragment");
  EXPECT_EQ(part.text, "");
}

TEST_F(CencSegmentsTest, AnIndexOfNoUseIsAsNone) {
  for (const auto& index : {plugins::isobmff::BoxOf("sidx", "abc"), plugins::isobmff::Sidx({{0, 1}}),
                            plugins::isobmff::Sidx({{1, 1}}, {.first_offset = 1U << 30U})}) {
    const auto media = Media(how_);
    const auto file = Init(how_) + index + media;
    files_.files[kSegmentUrl] = file;
    files_.asked.clear();
    Make();
    const auto begin = file.size() - media.size() + 700;
    const auto range = "bytes " + std::to_string(begin) + "-" + std::to_string(file.size() - 1) + "/*";

    const auto whole = Run(file, {.url = kSegmentUrl, .references = &files_});
    const auto part = Run(file.substr(begin), {.url = kSegmentUrl, .references = &files_}, range);

    ASSERT_TRUE(part.status) << part.status.error().message;
    EXPECT_TRUE(part.text == whole.text.substr(begin));
  }
}

TEST_F(CencSegmentsTest, APartThatEndsWithinABlockIsRefused) {
  Make();
  const auto file = media::Encrypt(media::MakeClip(), {.scheme = "cbc1", .iv_bytes = 16, .keys = {Keys().front()}});
  int refused = 0;
  for (std::size_t cut = 17; cut < 100; ++cut) {
    const auto passed = Run(file.substr(0, file.size() - cut), Noted(""), "bytes 0-99999999/*");
    if (passed.status) continue;
    ++refused;
    EXPECT_EQ(passed.status.error().message,
              "media: a part that ends within a block of the cipher cannot be decrypted");
  }
  EXPECT_GT(refused, 60);
}

TEST_F(CencSegmentsTest, TakesKeysThatAnOperatorGaveToTheServer) {
  Make("{}");
  const auto name = "clearkey:" + HexEncode(Keys().front().kid);
  EXPECT_THAT(Run(Media(how_), Noted(note_)).status.error().message, HasSubstr("there is no key for it"));

  ASSERT_TRUE(host_.secrets.Keep(AnyCall(), name, HexEncode(Keys().front().key), std::chrono::seconds(60)));
  ExpectClear(Run(Media(how_), Noted(note_)));

  host_.clock.Advance(std::chrono::seconds(61));
  EXPECT_THAT(Run(Media(how_), Noted(note_)).status.error().message, HasSubstr("there is no key for it"));
  ASSERT_TRUE(host_.secrets.Keep(AnyCall(), name, "0011", std::chrono::seconds(60)));
  EXPECT_THAT(Run(Media(how_), Noted(note_)).status.error().message, HasSubstr("has not 16 octets"));
}

TEST_F(CencSegmentsTest, TakesKeysOfTheRequestWhereThatIsAllowed) {
  const auto kid = HexEncode(Keys().front().kid), key = HexEncode(Keys().front().key);
  for (const auto& query :
       {"key_id=" + kid + "&key=" + key, "key=" + key,
        "x=y&key=" + std::string(32, '1') + "%2C" + key + "&key_id=" + std::string(32, '2') + "%2C" + kid}) {
    query_ = query;
    Make(R"({"request_keys": true})");
    ExpectClear(Run(Media(how_), Noted(note_)));
    Make("{}");
    EXPECT_FALSE(Run(Media(how_), Noted(note_)).status) << query;
  }
  query_ = "key_id=" + kid + "&key=00";
  Make(R"({"request_keys": true})");
  const auto refused = Run(Media(how_), Noted(note_)).status.error();
  EXPECT_EQ(refused.code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(refused.message, "key of key id " + kid + ": want 16 octets as 32 hex digits or in base64url");
}

TEST_F(CencSegmentsTest, TakesKeysThatTheLinkCarries) {
  Make(R"({"request_keys": true})");
  const auto context = "key_id=" + HexEncode(Keys().front().kid) + "&key=" + HexEncode(Keys().front().key);
  auto origin = Noted(note_);
  origin.context = context;

  ExpectClear(Run(Media(how_), origin));
}

TEST_F(CencSegmentsTest, ViewersAtOnceShareWhatIsKnown) {
  Make();
  const auto body = Media(how_);
  std::vector<std::thread> viewers;
  for (int i = 0; i < 4; ++i)
    viewers.emplace_back([&] {
      Files own;
      own.files = files_.files;
      auto origin = Noted(note_);
      origin.references = &own;
      for (int n = 0; n < 5; ++n) ExpectClear(Run(body, origin));
    });
  for (auto& viewer : viewers) viewer.join();
}

TEST(InitNoteTest, ComesBackAsItWas) {
  const sdk::InitNote note{.url = "https://h.example/a b?c", .offset = 12, .length = 345};

  EXPECT_EQ(sdk::InitNote::Unpack(note.Pack()), note);
  EXPECT_EQ(sdk::InitNote{.url = std::string(3000, 'x')}.Pack(), "");
  for (const auto* const other : {"", "hls1p", "init1 ", "init1 1+2", "init1 1+2 ", "init1 x+2 u", "init1 1-2 u"})
    EXPECT_EQ(sdk::InitNote::Unpack(other), std::nullopt) << other;
}

}  // namespace
}  // namespace sluice::testing::cenc
