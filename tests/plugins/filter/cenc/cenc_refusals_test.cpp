// SPDX-License-Identifier: MIT
// What cannot be decrypted ends with an error that says why, not with octets that nobody can play.
#include <sluice/sdk/testing/calls.hpp>

#include "support.hpp"
#include "tests/plugins/filter/cenc/boxes.hpp"

namespace sluice::testing::cenc {
namespace {

using media::Node;
using media::Number;
using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;

class CencRefusalsTest : public ::testing::Test {
 protected:
  /// A file, changed by `change` on its way.
  template <typename Change>
  std::string Broken(Change change) {
    auto boxes = media::Parse(encrypted_);
    change(boxes);
    return media::Write(boxes);
  }
  static Node& Moof(std::vector<Node>& boxes) {
    return *std::find_if(boxes.begin(), boxes.end(), [](const Node& box) { return box.type == "moof"; });
  }

  std::string FaultOf(const std::string& file, const std::string& config = AllKeys()) {
    const auto filter = CreateThroughAbi<plugins::cenc::Cenc>(std::string_view(config));
    if (!filter) return filter.error().message;
    const auto body = (*filter)->OpenBody(AnyCall(), {.status = 200});
    if (!body) return body.error().message;
    const auto passed = Pass(**body, file, Each(100));
    passed_bytes_ = passed.text.size();
    return passed.status ? "none" : passed.status.error().message;
  }

  const std::string encrypted_ = media::Encrypt(media::MakeClip(), {.keys = {Keys().front()}});
  std::size_t passed_bytes_ = 0;
};

TEST_F(CencRefusalsTest, NamesTheKeyIdThatNobodyHasAKeyFor) {
  EXPECT_EQ(FaultOf(encrypted_, "{}"), "media: key id " + HexEncode(Keys().front().kid) + ": there is no key for it");
}

TEST_F(CencRefusalsTest, TakesOneKeyForAll) {
  EXPECT_EQ(FaultOf(encrypted_, "{\"key\": \"" + HexEncode(Keys().front().key) + "\"}"), "none");
}

TEST_F(CencRefusalsTest, WantsKeysOfSixteenOctets) {
  const auto kid = HexEncode(Keys().front().kid);
  EXPECT_EQ(FaultOf({}, R"({"keys": {")" + kid + R"(": "0011"}})"),
            "/keys/" + kid + ": want 16 octets as 32 hex digits or in base64url");
  EXPECT_EQ(FaultOf({}, R"({"keys": {"abc": "00112233445566778899aabbccddeeff"}})"),
            "/keys: a name that is no key id; want 16 octets as 32 hex digits or in base64url");
  EXPECT_EQ(FaultOf({}, R"({"key": "00112233445566778899aabbccddeef"})"),
            "/key: want 16 octets as 32 hex digits or in base64url");
}

TEST_F(CencRefusalsTest, TakesKeysInEachForm) {
  for (const auto* const kid : {"6b65792d-6964-2d6e-756d-6265722d3031", "6B65792D69642D6E756D6265722D3031",
                                "a2V5LWlkLW51bWJlci0wMQ", "a2V5LWlkLW51bWJlci0wMQ=="}) {
    EXPECT_EQ(
        FaultOf(encrypted_, std::string("{\"keys\": {\"") + kid + "\": \"" + HexEncode(Keys().front().key) + "\"}}"),
        "none")
        << kid;
  }
}

TEST_F(CencRefusalsTest, RefusesBoxesThatDoNotHoldTheirHeader) {
  auto file = encrypted_;
  file.replace(file.find("moof") - 4, 4, Number(7, 4));
  EXPECT_EQ(FaultOf(file), "media: box moof: its size, 7, does not hold its own header");
  file.replace(file.find("moof") - 4, 4, Number(1, 4));
  file.replace(file.find("moof") + 4, 8, Number(15, 8));
  EXPECT_EQ(FaultOf(file), "media: box moof: its size, 15, does not hold its own header");
}

TEST_F(CencRefusalsTest, RefusesSizeZeroWhereABoxHasToEnd) {
  auto file = encrypted_;
  file.replace(file.find("moof") - 4, 4, Number(0, 4));
  EXPECT_EQ(FaultOf(file), "media: box moof has size 0; want its size");
  file = encrypted_;
  file.replace(file.find("traf") - 4, 4, Number(0, 4));
  EXPECT_EQ(FaultOf(file), "media: moof: box traf has size 0, which only a file's last box may have");
}

TEST_F(CencRefusalsTest, LetsTheLastBoxGoOnToTheEnd) {
  auto file = encrypted_;
  file.replace(file.rfind("mdat") - 4, 4, Number(0, 4));
  EXPECT_EQ(FaultOf(file), "none");
}

TEST_F(CencRefusalsTest, RefusesBoxesLargerThanWhatHoldsThem) {
  auto file = encrypted_;
  file.replace(file.find("moof") - 4, 4, Number(64 * 1024 * 1024, 4));
  EXPECT_EQ(FaultOf(file), "media: box moof of 67108864 octets; want at most 8388608");
  file = encrypted_;
  file.replace(file.find("traf") - 4, 4, Number(100000, 4));
  EXPECT_THAT(FaultOf(file), ::testing::StartsWith("media: moof: box traf of 100000 octets, where "));
  file = encrypted_;
  file.replace(file.find("mdat") - 4, 4, Number(0xFFFFFFF0U, 4));
  EXPECT_THAT(FaultOf(file), ::testing::StartsWith("media: the file ends within box mdat, which began at octet "));
  const auto huge = Node{.type = "free", .large = true}.Write();
  EXPECT_EQ(FaultOf(huge.substr(0, 8) + std::string(8, '\xff') + "rest"),
            "media: box free of 18446744073709551615 octets; no file is as long");
}

TEST_F(CencRefusalsTest, RefusesFilesThatAreCutOff) {
  EXPECT_THAT(FaultOf(encrypted_.substr(0, encrypted_.size() - 1)),
              ::testing::StartsWith("media: the file ends within box mdat, which began at octet "));
  EXPECT_EQ(FaultOf(encrypted_ + "abc"), "media: the file ends within the header of a box");
  const auto within_moof = encrypted_.find("moof") + 20;
  EXPECT_THAT(FaultOf(encrypted_.substr(0, within_moof)),
              ::testing::StartsWith("media: the file ends within box moof, which began at octet "));
}

TEST_F(CencRefusalsTest, PassesNothingOfAFragmentThatItCannotDecrypt) {
  FaultOf(encrypted_, "{}");

  EXPECT_EQ(passed_bytes_, 0U);
}

TEST_F(CencRefusalsTest, RefusesTruncatedSenc) {
  const auto cut = Broken([](auto& boxes) {
    auto& data = Moof(boxes).Child("traf")->Child("senc")->data;
    data.resize(data.size() - 3);
  });
  EXPECT_EQ(FaultOf(cut), "media: track 1: senc is cut off");
  const auto fewer =
      Broken([](auto& boxes) { Moof(boxes).Child("traf")->Child("senc")->data.replace(4, 4, Number(1, 4)); });
  EXPECT_EQ(FaultOf(fewer), "media: track 1: senc has fewer samples than the runs");
  const auto none = Broken([](auto& boxes) {
    auto& traf = *Moof(boxes).Child("traf");
    std::erase_if(traf.children, [](const Node& box) { return box.type == "senc" || box.type.starts_with("sai"); });
  });
  EXPECT_EQ(FaultOf(none), "media: track 1: encrypted samples, and no senc that says how");
}

TEST_F(CencRefusalsTest, RefusesSubsamplesBeyondTheirSample) {
  const auto file =
      Broken([](auto& boxes) { Moof(boxes).Child("traf")->Child("senc")->data.replace(20, 4, Number(50000, 4)); });
  EXPECT_THAT(FaultOf(file), ::testing::MatchesRegex("media: track 1: subsamples of 5.* octets in a sample of .*"));
}

TEST_F(CencRefusalsTest, RefusesSamplesBeyondTheirMdat) {
  const auto longer = Broken([](auto& boxes) {
    auto& moof = Moof(boxes);
    auto& trun = moof.children.back().Child("trun")->data;  // audio, the last in the mdat
    trun.replace(trun.size() - 4, 4, Number(5000, 4));
  });
  EXPECT_EQ(FaultOf(longer), "media: moof: a sample of 5000 octets goes beyond its mdat");
  const auto elsewhere = Broken([](auto& boxes) {
    auto& trun = Moof(boxes).children.back().Child("trun")->data;
    trun.replace(8, 4, Number(1000000, 4));
  });
  EXPECT_EQ(FaultOf(elsewhere), "media: moof: 6 samples lie outside of an mdat");
  const auto before = Broken([](auto& boxes) {
    auto& trun = Moof(boxes).Child("traf")->Child("trun")->data;
    trun.replace(8, 4, Number(10, 4));
  });
  EXPECT_EQ(FaultOf(before), "media: moof: a sample lies in front of its mdat");
}

TEST_F(CencRefusalsTest, RefusesSamplesOverEachOther) {
  const auto file = Broken([](auto& boxes) {
    auto& moof = Moof(boxes);
    const auto video_at = moof.Child("traf")->Child("trun")->data.substr(8, 4);
    moof.children.back().Child("trun")->data.replace(8, 4, video_at);
  });
  EXPECT_EQ(FaultOf(file), "media: moof: two samples lie over each other");
}

TEST_F(CencRefusalsTest, RefusesMoreSamplesThanItHolds) {
  const auto file = Broken([](auto& boxes) {
    Moof(boxes).Child("traf")->Child("trun")->data = Number(0x000001, 4) + Number(0xFFFFFFFFU, 4) + Number(0, 4);
  });
  EXPECT_EQ(FaultOf(file), "media: moof: has more than 262144 samples");
}

TEST_F(CencRefusalsTest, RefusesGroupsThatAreNotThere) {
  const auto file = Broken([](auto& boxes) {
    auto& traf = *Moof(boxes).Child("traf");
    traf.children.push_back(media::FullBox("sbgp", 0, 0, "seig" + Number(1, 4) + Number(4, 4) + Number(7, 4)));
  });
  EXPECT_EQ(FaultOf(file), "media: track 1: a sample belongs to a group of seig that is not there");
}

TEST_F(CencRefusalsTest, RefusesSchemesThatItDoesNotKnow) {
  auto file = encrypted_;
  file.replace(file.find("schm") + 8, 4, "abcd");
  EXPECT_EQ(FaultOf(file), "media: encrypted by the scheme `abcd`; want cenc, cens, cbc1 or cbcs");
}

TEST_F(CencRefusalsTest, RefusesVectorsOfOtherLengths) {
  auto file = encrypted_;
  file[file.find("tenc") + 4 + 4 + 3] = 9;
  EXPECT_EQ(FaultOf(file), "media: tenc: initialisation vectors of 9 octets; want 8 or 16");
}

TEST_F(CencRefusalsTest, RefusesSegmentsWithoutTheirInit) {
  EXPECT_EQ(FaultOf(encrypted_.substr(encrypted_.find("moof") - 4)),
            "media: track 1 is encrypted, and the init section that says how is not known");
}

TEST_F(CencRefusalsTest, LeavesAloneWhatIsNoMedia) {
  for (const std::string text : {"#EXTM3U\n#EXT-X-VERSION:7\n", "G@\x11\x10....", "<html>", "x", ""}) {
    EXPECT_EQ(FaultOf(text), "none") << text;
    EXPECT_EQ(passed_bytes_, text.size());
  }
}

TEST_F(CencRefusalsTest, OpensNoBodyOfForeignTypesAndErrors) {
  const auto filter = CreateThroughAbi<plugins::cenc::Cenc>(std::string_view(AllKeys()));
  ASSERT_TRUE(filter);
  const auto opens = [&](int status, std::string_view name, std::string_view value) {
    const sdk::Field field{name, value};
    const auto body = (*filter)->OpenBody(AnyCall(), {.status = status, .headers = {&field, 1}});
    return body && *body != nullptr;
  };

  EXPECT_TRUE(opens(200, "Content-Type", "video/mp4"));
  EXPECT_TRUE(opens(200, "Content-Type", "binary/octet-stream"));
  EXPECT_TRUE(opens(206, "Content-Range", "bytes 0-99/100"));
  EXPECT_FALSE(opens(206, "Content-Type", "multipart/byteranges; boundary=x"));
  EXPECT_FALSE(opens(200, "content-type", "Application/vnd.apple.mpegurl"));
  EXPECT_FALSE(opens(200, "Content-Type", "text/vtt"));
  EXPECT_FALSE(opens(200, "Content-Encoding", "gzip"));
  EXPECT_FALSE(opens(404, "Content-Type", "video/mp4"));
}

}  // namespace
}  // namespace sluice::testing::cenc
