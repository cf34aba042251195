// SPDX-License-Identifier: MIT
#include "core/upstream/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/nginx.hpp"

namespace sluice::upstream {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() { path_ = folder_.Write("a clip.mp4", "0123456789"); }

  static std::string UrlOf(const std::filesystem::path& path) {
    std::string url = "file://";
    for (const char c : path.string()) url += c == ' ' ? "%20" : std::string(1, c);
    return url;
  }
  Request Get(std::vector<sdk::Header> headers = {}) const {
    Request request;
    request.url = UrlOf(path_);
    request.headers = std::move(headers);
    return request;
  }
  static std::string BodyOf(Response& response) {
    std::string body;
    std::byte chunk[3];
    for (;;) {
      const auto got = response.body->Read(chunk);
      if (!got) return "broken: " + got.error().message;
      if (*got == 0) return body;
      body.append(reinterpret_cast<const char*>(chunk), *got);
    }
  }
  void Age(std::int64_t seconds) const {
    struct stat info {};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    const timespec times[2] = {info.st_atim, {info.st_mtim.tv_sec - seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  }

  fakes::TempFolder folder_;
  std::filesystem::path path_;
};

TEST_F(FileTest, AnswersTheWholeFile) {
  auto response = FetchFile(Get());

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->content_length, 10u);
  EXPECT_EQ(response->Header("Content-Type"), "video/mp4");
  EXPECT_EQ(response->Header("Accept-Ranges"), "bytes");
  EXPECT_EQ(response->Header("Content-Length"), "10");
  EXPECT_FALSE(response->Header("ETag").empty());
  EXPECT_EQ(BodyOf(*response), "0123456789");
}

TEST_F(FileTest, AnswersOneRange) {
  auto response = FetchFile(Get({{"range", "bytes=-4"}}));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 206);
  EXPECT_EQ(response->Header("Content-Range"), "bytes 6-9/10");
  EXPECT_EQ(response->content_length, 4u);
  EXPECT_EQ(BodyOf(*response), "6789");
}

TEST_F(FileTest, AnswersSeveralRangesWithTheWhole) {
  auto response = FetchFile(Get({{"Range", "bytes=0-1,4-5"}}));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(BodyOf(*response), "0123456789");
}

TEST_F(FileTest, RefusesRangesPastTheEnd) {
  auto response = FetchFile(Get({{"Range", "bytes=10-"}}));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 416);
  EXPECT_EQ(response->Header("Content-Range"), "bytes */10");
  EXPECT_EQ(response->content_length, 0u);
  EXPECT_EQ(BodyOf(*response), "");
}

TEST_F(FileTest, IgnoresRangesInHead) {
  auto request = Get({{"Range", "bytes=0-1"}});
  request.method = "HEAD";
  auto response = FetchFile(request);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->content_length, 10u);
  EXPECT_EQ(BodyOf(*response), "");
}

TEST_F(FileTest, HonoursIfRangeOnlyForTheSameVersion) {
  Age(100);
  const auto whole = FetchFile(Get());
  const std::string etag(whole->Header("ETag"));
  const std::string date(whole->Header("Last-Modified"));
  const std::pair<std::string, int> cases[] = {{etag, 206},
                                               {"W/" + etag, 200},
                                               {"\"other\"", 200},
                                               {date, 206},
                                               {"Sun, 06 Nov 1994 08:49:37 GMT", 200},
                                               {"Fri, 06 Nov 2099 08:49:37 GMT", 200},
                                               {"nonsense", 200}};
  for (const auto& [condition, status] : cases) {
    const auto response = FetchFile(Get({{"Range", "bytes=0-1"}, {"If-Range", condition}}));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, status) << condition;
  }
}

TEST_F(FileTest, DoesNotTrustADateOfThisSecondInIfRange) {
  const timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), now, 0), 0);
  Age(-60);  // ahead of the clock: never strong
  const std::string date(FetchFile(Get())->Header("Last-Modified"));

  EXPECT_EQ(FetchFile(Get({{"Range", "bytes=0-1"}, {"If-Range", date}}))->status, 200);
}

TEST_F(FileTest, AnswersNotModified) {
  const auto whole = FetchFile(Get());
  const std::string etag(whole->Header("ETag"));
  const std::string date(whole->Header("Last-Modified"));
  const std::pair<std::vector<sdk::Header>, int> cases[] = {
      {{{"If-None-Match", etag}}, 304},
      {{{"If-None-Match", "\"a\", W/" + etag}}, 304},
      {{{"If-None-Match", "*"}}, 304},
      {{{"If-None-Match", "\"a\""}}, 200},
      {{{"If-Modified-Since", date}}, 304},
      {{{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 200},
      {{{"If-Modified-Since", "nonsense"}}, 200},
      {{{"If-None-Match", "\"a\""}, {"If-Modified-Since", date}}, 200},
      {{{"If-None-Match", etag}, {"Range", "bytes=0-1"}}, 304}};
  for (const auto& [headers, status] : cases) {
    auto response = FetchFile(Get(headers));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, status) << headers[0].value;
    EXPECT_EQ(response->Header("ETag"), etag);
  }
}

TEST_F(FileTest, GivesEveryVersionItsOwnEtag) {
  const std::string before(FetchFile(Get())->Header("ETag"));
  folder_.Write("a clip.mp4", "9876543210");
  Age(7);

  EXPECT_NE(FetchFile(Get())->Header("ETag"), before);
}

TEST_F(FileTest, BreaksOffWhenTheFileShrinks) {
  auto response = FetchFile(Get());
  ASSERT_TRUE(response);
  std::filesystem::resize_file(path_, 4);

  EXPECT_EQ(BodyOf(*response), "broken: file: want as many octets as it had when it was opened");
}

TEST_F(FileTest, RefusesWhatIsNoRegularFile) {
  const auto fifo = folder_.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  for (const auto& path :
       {fifo.string(), folder_.path().string(), std::string("/dev/null"), std::string("/dev/zero")}) {
    Request request;
    request.url = UrlOf(path);
    const auto response = FetchFile(request);
    ASSERT_FALSE(response) << path;
    EXPECT_EQ(response.error().code, sdk::Errc::kPermissionDenied) << path;
  }
}

TEST_F(FileTest, RefusesUrlsThatAreNotPlainPaths) {
  const auto base = UrlOf(folder_.path());
  const std::pair<std::string, sdk::Errc> cases[] = {{base + "/none.mp4", sdk::Errc::kNotFound},
                                                     {UrlOf(path_) + "/x", sdk::Errc::kNotFound},
                                                     {base + "/a%2", sdk::Errc::kInvalidArgument},
                                                     {base + "/a%zz", sdk::Errc::kInvalidArgument},
                                                     {base + "/a%00", sdk::Errc::kInvalidArgument},
                                                     {base + "/a%2Fb", sdk::Errc::kInvalidArgument},
                                                     {base + "/../x", sdk::Errc::kInvalidArgument},
                                                     {base + "/%2e%2E/x", sdk::Errc::kInvalidArgument},
                                                     {base + "/a?x", sdk::Errc::kInvalidArgument},
                                                     {base + "/a#x", sdk::Errc::kInvalidArgument},
                                                     {"file://other/etc/passwd", sdk::Errc::kInvalidArgument},
                                                     {"file:/etc/passwd", sdk::Errc::kInvalidArgument},
                                                     {"http://h/", sdk::Errc::kInvalidArgument},
                                                     {"", sdk::Errc::kInvalidArgument}};
  for (const auto& [url, code] : cases) {
    Request request;
    request.url = url;
    const auto response = FetchFile(request);
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, code) << url;
  }
  auto post = Get();
  post.method = "POST";
  EXPECT_EQ(FetchFile(post).error().code, sdk::Errc::kInvalidArgument);
}

TEST(ContentTypeTest, KnowsMediaAndPages) {
  EXPECT_EQ(ContentTypeOf("/a/b.M3U8"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(ContentTypeOf("x.mpd"), "application/dash+xml");
  EXPECT_EQ(ContentTypeOf("x.ts"), "video/mp2t");
  EXPECT_EQ(ContentTypeOf("x.vtt"), "text/vtt; charset=utf-8");
  EXPECT_EQ(ContentTypeOf("dir.mp4/file"), "application/octet-stream");
  EXPECT_EQ(ContentTypeOf("x.unknown"), "application/octet-stream");
}

}  // namespace
}  // namespace sluice::upstream
