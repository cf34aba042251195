// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/clip_answer.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sluice/sdk/testing/sinks.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/endpoint/stremio/clip_files.hpp"
#include "plugins/endpoint/stremio/clips.hpp"

namespace sluice::plugins::stremio {
namespace {

using sdk::testing::RecordedResponse;
using sdk::testing::TestRequest;

constexpr std::string_view kClip = "downloading";

class StremioClipAnswerTest : public ::testing::Test {
 protected:
  static RecordedResponse Ask(TestRequest request, std::string_view name = kClip) {
    RecordedResponse response;
    const auto answered = AnswerClip(name, request.head(), response);
    if (!answered) ADD_FAILURE() << answered.error().message;
    return response;
  }
  static TestRequest Get() { return {"GET", "/downloading.mp4"}; }
  static TestRequest GetRange(std::string range) { return Get().Header("Range", std::move(range)); }
  static std::string Content(std::string_view name = kClip) {
    const auto file = ClipFile(name);
    return {reinterpret_cast<const char*>(file.data()), file.size()};
  }
  static std::string Size() { return std::to_string(Content().size()); }
  static std::string Etag(std::string_view name = kClip) { return std::string(Ask(Get(), name).header("ETag")); }
};

TEST_F(StremioClipAnswerTest, AClipIsAVideoThatEverybodyMayKeepForADay) {
  const auto response = Ask(Get());

  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.body == Content());
  EXPECT_EQ(response.header("Content-Type"), "video/mp4");
  EXPECT_EQ(response.header("Content-Length"), Size());
  EXPECT_EQ(response.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(response.header("Cache-Control"), "public, max-age=86400");
  EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(std::string(response.header("Access-Control-Expose-Headers")), ::testing::HasSubstr("Content-Range"));
  EXPECT_EQ(response.header("Content-Range"), "");
}

TEST_F(StremioClipAnswerTest, EveryClipIsAnsweredWithOrWithoutItsExtension) {
  for (const auto name : kClips) {
    for (const auto* const extension : {"", ".mp4"}) {
      const auto response = Ask(Get(), std::string(name) + extension);

      EXPECT_EQ(response.status, 200) << name << extension;
      EXPECT_TRUE(response.body == Content(name)) << name << extension;
    }
  }
}

TEST_F(StremioClipAnswerTest, WhatIsNoClipIsNotFoundAndLeavesTheResponseAlone) {
  for (const auto* const name : {"", ".mp4", "404", "401.mp4.mp4", "401.MP4", "../clips/401", "\xff"}) {
    RecordedResponse response;

    const auto answered = AnswerClip(name, Get().head(), response);

    ASSERT_FALSE(answered) << name;
    EXPECT_EQ(answered.error().code, sdk::Errc::kNotFound) << name;
    EXPECT_EQ(answered.error().message, "no such clip") << name;
    EXPECT_EQ(response.status, 0) << name;
  }
}

TEST_F(StremioClipAnswerTest, HeadIsToldWhatGetWouldBe) {
  const auto got = Ask(Get());

  const auto response = Ask(TestRequest("HEAD", "/downloading"));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers, got.headers);
}

TEST_F(StremioClipAnswerTest, RangesAreForGetAlone) {
  const auto response = Ask(TestRequest("HEAD", "/downloading").Header("Range", "bytes=0-0"));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Length"), Size());
  EXPECT_EQ(response.header("Content-Range"), "");
}

TEST_F(StremioClipAnswerTest, OneRangeIsAnsweredWithThatPart) {
  const auto whole = Content();
  const auto size = whole.size();
  struct Case {
    std::string range;
    std::size_t first, length;
  };
  const std::vector<Case> cases{
      {"bytes=0-0", 0, 1},
      {"bytes=0-", 0, size},
      {"Bytes=100-199", 100, 100},
      {"bytes=100-199 ", 100, 100},
      {"bytes=100-", 100, size - 100},
      {"bytes=100-99999999", 100, size - 100},
      {"bytes=100-99999999999999999999999999", 100, size - 100},
      {"bytes=" + std::to_string(size - 1) + "-", size - 1, 1},
      {"bytes=-1", size - 1, 1},
      {"bytes=-500", size - 500, 500},
      {"bytes=-99999999999999999999999999", 0, size},
  };
  for (const auto& c : cases) {
    const auto response = Ask(GetRange(c.range));

    EXPECT_EQ(response.status, 206) << c.range;
    EXPECT_TRUE(response.body == whole.substr(c.first, c.length)) << c.range;
    EXPECT_EQ(response.header("Content-Length"), std::to_string(c.length)) << c.range;
    EXPECT_EQ(response.header("Content-Range"),
              "bytes " + std::to_string(c.first) + "-" + std::to_string(c.first + c.length - 1) + "/" + Size())
        << c.range;
    EXPECT_EQ(response.header("Content-Type"), "video/mp4") << c.range;
    EXPECT_EQ(response.header("ETag"), Etag()) << c.range;
  }
}

TEST_F(StremioClipAnswerTest, RangesThatAreNoneOrSeveralAreAnsweredWithTheWhole) {
  for (const auto* const range :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=9-3", "bytes=a-5", "bytes=0-a", "bytes=+1-2", "bytes=1-+2",
        "bytes=-+1", "bytes=--1", "bytes=0x1-2", "bytes=0-1,4-5", "bytes=0-1,", "bytes= 1 - 2", "items=0-1", "0-1"}) {
    const auto response = Ask(GetRange(range));

    EXPECT_EQ(response.status, 200) << range;
    EXPECT_EQ(response.header("Content-Length"), Size()) << range;
    EXPECT_EQ(response.header("Content-Range"), "") << range;
  }
}

TEST_F(StremioClipAnswerTest, RangesPastTheEndAreRefused) {
  for (const auto& range : {"bytes=" + Size() + "-", std::string("bytes=99999999-"), std::string("bytes=-0"),
                            std::string("bytes=99999999999999999999999999-")}) {
    const auto response = Ask(GetRange(range));

    EXPECT_EQ(response.status, 416) << range;
    EXPECT_EQ(response.body, "") << range;
    EXPECT_EQ(response.header("Content-Range"), "bytes */" + Size()) << range;
    EXPECT_EQ(response.header("Content-Length"), "0") << range;
    EXPECT_EQ(response.header("Content-Type"), "") << range;
    EXPECT_EQ(response.header("Cache-Control"), "") << range;
    EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "*") << range;
  }
}

TEST_F(StremioClipAnswerTest, TagsAreStrongStayAndTellClipsApart) {
  std::set<std::string> seen;
  for (const auto name : kClips) {
    const auto etag = Etag(name);

    EXPECT_THAT(etag, ::testing::MatchesRegex("\"[0-9a-f]{16}\"")) << name;
    EXPECT_EQ(etag, Etag(name)) << name;
    EXPECT_TRUE(seen.insert(etag).second) << name;
  }
}

TEST_F(StremioClipAnswerTest, WhoHasItAlreadyIsToldThatItHasNotChanged) {
  for (const auto& tags :
       {Etag(), "W/" + Etag(), "\"a\", " + Etag(), Etag() + " , W/\"b\"", std::string("*"), "\"a\",W/" + Etag()}) {
    for (const auto* const method : {"GET", "HEAD"}) {
      // A precondition comes before a range.
      for (const auto* const range : {"bytes=0-1", "bytes=99999999-"}) {
        const auto response =
            Ask(TestRequest(method, "/downloading").Header("if-none-match", tags).Header("Range", range));

        EXPECT_EQ(response.status, 304) << tags;
        EXPECT_EQ(response.body, "") << tags;
        EXPECT_EQ(response.header("ETag"), Etag()) << tags;
        EXPECT_EQ(response.header("Cache-Control"), "public, max-age=86400") << tags;
        EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "*") << tags;
        EXPECT_EQ(response.header("Content-Length"), "") << tags;
        EXPECT_EQ(response.header("Content-Range"), "") << tags;
      }
    }
  }
}

TEST_F(StremioClipAnswerTest, TagsInSeveralFieldsAreOneList) {
  const auto response = Ask(Get().Header("If-None-Match", "\"a\"").Header("If-None-Match", Etag()));

  EXPECT_EQ(response.status, 304);
}

TEST_F(StremioClipAnswerTest, WhoHasAnotherOneGetsIt) {
  const auto etag = Etag();
  for (const auto& tags :
       {Etag("401"), std::string("\"a\", \"b\""), etag.substr(1, etag.size() - 2), std::string(",")}) {
    const auto response = Ask(Get().Header("If-None-Match", tags));

    EXPECT_EQ(response.status, 200) << tags;
    EXPECT_TRUE(response.body == Content()) << tags;
  }
}

TEST_F(StremioClipAnswerTest, ARangeUnderAConditionHoldsForTheSameStrongTagOnly) {
  EXPECT_EQ(Ask(GetRange("bytes=0-1").Header("If-Range", Etag())).status, 206);
  for (const auto& condition :
       {Etag("401"), "W/" + Etag(), std::string("Wed, 21 Oct 2015 07:28:00 GMT"), std::string("*")}) {
    EXPECT_EQ(Ask(GetRange("bytes=0-1").Header("If-Range", condition)).status, 200) << condition;
    EXPECT_EQ(Ask(GetRange("bytes=99999999-").Header("If-Range", condition)).status, 200) << condition;
  }
}

TEST_F(StremioClipAnswerTest, AViewerWhoIsGoneEndsTheAnswer) {
  struct Gone final : sdk::ResponseWriter {
    explicit Gone(bool from_the_start) : from_start(from_the_start) {}
    sdk::Status Start(int, std::span<const sdk::Header>) override { return from_start ? Refusal() : sdk::Ok(); }
    sdk::Status Write(std::span<const std::byte>) override {
      ++writes;
      return Refusal();
    }
    static sdk::Status Refusal() { return sdk::Error{.code = sdk::Errc::kCancelled, .message = "viewer is gone"}; }
    bool from_start;
    int writes = 0;
  };
  for (const bool from_start : {true, false}) {
    Gone response(from_start);

    const auto answered = AnswerClip(kClip, Get().head(), response);

    ASSERT_FALSE(answered);
    EXPECT_EQ(answered.error().code, sdk::Errc::kCancelled);
    EXPECT_EQ(response.writes, from_start ? 0 : 1);
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio
