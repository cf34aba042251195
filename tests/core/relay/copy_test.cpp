// SPDX-License-Identifier: MIT
#include "core/relay/copy.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

#include "core/upstream/client.hpp"
#include "tests/core/pipeline/fake_exchange.hpp"

namespace sluice::relay {
namespace {

using pipeline::testing::FakeExchange;
using ::testing::ElementsAre;

/// Gives one chunk a read; then ends, or breaks off.
struct ChunkedBody final : upstream::Body {
  explicit ChunkedBody(std::vector<std::string> all, bool breaks = false)
      : chunks(std::move(all)), breaks_off(breaks) {}
  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
    if (next == chunks.size()) {
      if (breaks_off) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "broke off"};
      return std::size_t{0};
    }
    const auto& chunk = chunks[next++];
    std::memcpy(buffer.data(), chunk.data(), chunk.size());
    return chunk.size();
  }
  const std::vector<std::string> chunks;
  const bool breaks_off;
  std::size_t next = 0;
};

/// Puts its name around each chunk and at the end; writes down what is called.
struct Bracket final : sdk::BodyTransform {
  Bracket(char mark, std::vector<std::string>& into) : name(mark), calls(into) {}
  sdk::Status Write(std::span<const std::byte> chunk, sdk::ByteSink& next) override {
    const std::string text(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    calls.push_back(name + text);
    if (text == fails_at) return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "no"};
    return next.Write(sdk::AsBytes(name + text));
  }
  sdk::Status Finish(sdk::ByteSink& next) override {
    calls.push_back(std::string("end ") + name);
    if (fails_at == "end") return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "no end"};
    return next.Write(sdk::AsBytes(std::string("/") + name));
  }
  const char name;
  std::vector<std::string>& calls;
  std::string fails_at = "nothing";
};

class CopyTest : public testing::Test {
 protected:
  CopyTest() { EXPECT_TRUE(viewer_.Start({})); }
  Bracket& Through(char name) {
    auto transform = std::make_unique<Bracket>(name, calls_);
    auto& made = *transform;
    transforms_.push_back(std::move(transform));
    return made;
  }

  FakeExchange viewer_{{}};
  std::vector<std::string> calls_;
  Transforms transforms_;
};

TEST_F(CopyTest, MovesABodyAsItIs) {
  ChunkedBody body({"one", "two"});

  EXPECT_TRUE(Copy(body, transforms_, viewer_));

  EXPECT_EQ(viewer_.body(), "onetwo");
  EXPECT_FALSE(viewer_.finished()) << "the caller finishes";
}

TEST_F(CopyTest, MovesBodiesLargerThanItsBuffer) {
  std::string large(300'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i % 251);
  struct Body final : upstream::Body {
    explicit Body(std::string_view all) : rest(all) {}
    sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
      const auto size = std::min(buffer.size(), rest.size());
      std::memcpy(buffer.data(), rest.data(), size);
      rest.remove_prefix(size);
      return size;
    }
    std::string_view rest;
  } body(large);

  EXPECT_TRUE(Copy(body, transforms_, viewer_));

  EXPECT_EQ(viewer_.body(), large);
}

TEST_F(CopyTest, RunsTransformsInTheirOrder) {
  Through('a');
  Through('b');
  ChunkedBody body({"1", "2"});

  EXPECT_TRUE(Copy(body, transforms_, viewer_));

  EXPECT_EQ(viewer_.body(), "ba1ba2b/a/b") << "what `a` says at its end still passes `b`";
  EXPECT_THAT(calls_, ElementsAre("a1", "ba1", "a2", "ba2", "end a", "b/a", "end b"));
}

TEST_F(CopyTest, ABodyThatBreaksOffIsNeverFinished) {
  Through('a');
  ChunkedBody body({"1"}, true);

  const auto copied = Copy(body, transforms_, viewer_);

  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(viewer_.body(), "a1");
  EXPECT_THAT(calls_, ElementsAre("a1"));
}

TEST_F(CopyTest, ATransformThatFailsEndsTheBody) {
  Through('a');
  Through('b').fails_at = "a2";
  ChunkedBody body({"1", "2", "3"});

  const auto copied = Copy(body, transforms_, viewer_);

  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, sdk::Errc::kPermissionDenied);
  EXPECT_EQ(viewer_.body(), "ba1");
  EXPECT_THAT(calls_, ElementsAre("a1", "ba1", "a2", "ba2"));
}

TEST_F(CopyTest, ATransformMayFailAtTheEnd) {
  Through('a').fails_at = "end";
  Through('b');
  ChunkedBody body({"1"});

  const auto copied = Copy(body, transforms_, viewer_);

  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().message, "no end");
  EXPECT_THAT(calls_, ElementsAre("a1", "ba1", "end a"));
}

TEST_F(CopyTest, StopsReadingWhenTheViewerIsGone) {
  viewer_.LeaveAfter(3);
  ChunkedBody body({"one", "two", "three"});

  const auto copied = Copy(body, transforms_, viewer_);

  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, sdk::Errc::kCancelled);
  EXPECT_EQ(viewer_.body(), "one");
  EXPECT_EQ(body.next, 2U);
}

TEST_F(CopyTest, AnEmptyBodyStillEndsItsTransforms) {
  Through('a');
  ChunkedBody body({});

  EXPECT_TRUE(Copy(body, transforms_, viewer_));

  EXPECT_EQ(viewer_.body(), "/a");
}

}  // namespace
}  // namespace sluice::relay
