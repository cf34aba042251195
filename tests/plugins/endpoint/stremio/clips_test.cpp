// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/clips.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace sluice::plugins::stremio {
namespace {

using sdk::Errc;
using sdk::Reason;

struct Case {
  Errc code;
  Reason reason;
  std::uint32_t status;
  std::string_view torrent;
  std::string_view add;
  std::string_view link;
};

TEST(StremioClipsTest, TellWhatFailed) {
  constexpr Case kCases[] = {
      {Errc::kInvalidArgument, Reason::kNone, 0, "500", "download_failed", "500"},
      {Errc::kNotFound, Reason::kNone, 0, "500", "download_failed", "no_matching_file"},
      {Errc::kNotFound, Reason::kNone, 404, "500", "download_failed", "no_matching_file"},
      {Errc::kUnauthenticated, Reason::kNone, 0, "401", "401", "401"},
      {Errc::kUnauthenticated, Reason::kNone, 403, "401", "401", "401"},
      {Errc::kPermissionDenied, Reason::kNone, 0, "403", "403", "403"},
      {Errc::kRateLimited, Reason::kNone, 0, "429", "429", "429"},
      {Errc::kUpstreamFailed, Reason::kNone, 0, "500", "download_failed", "500"},
      {Errc::kDeadlineExceeded, Reason::kNone, 0, "500", "download_failed", "500"},
      {Errc::kCancelled, Reason::kNone, 0, "500", "download_failed", "500"},
      {Errc::kUnsupported, Reason::kNone, 0, "500", "download_failed", "500"},
      {Errc::kInternal, Reason::kNone, 0, "500", "download_failed", "500"},
      // The reason says most.
      {Errc::kPermissionDenied, Reason::kPaymentRequired, 402, "payment_required", "payment_required",
       "payment_required"},
      {Errc::kUpstreamFailed, Reason::kPaymentRequired, 0, "payment_required", "payment_required", "payment_required"},
      {Errc::kRateLimited, Reason::kLimitExceeded, 429, "store_limit_exceeded", "store_limit_exceeded",
       "store_limit_exceeded"},
      {Errc::kPermissionDenied, Reason::kLegal, 451, "451", "451", "451"},
      {Errc::kNotFound, Reason::kLegal, 0, "451", "451", "451"},
      {Errc::kUpstreamFailed, Reason::kServerDown, 0, "500", "500", "500"},
      {Errc::kUpstreamFailed, Reason::kUnavailable, 503, "500", "500", "500"},
      // These say that it cannot be done, and leave the word to the step.
      {Errc::kInvalidArgument, Reason::kConflict, 409, "500", "download_failed", "500"},
      {Errc::kInvalidArgument, Reason::kUnprocessable, 422, "500", "download_failed", "500"},
      {Errc::kInvalidArgument, Reason::kInvalidMagnet, 400, "500", "download_failed", "500"},
      {Errc::kUpstreamFailed, Reason::kGone, 410, "500", "download_failed", "500"},
      {Errc::kUpstreamFailed, Reason::kLocked, 503, "500", "download_failed", "500"},
      {Errc::kNotFound, Reason::kGone, 410, "500", "download_failed", "no_matching_file"},
      {Errc::kUpstreamFailed, static_cast<Reason>(99), 0, "500", "download_failed", "500"},
      // Without one, the upstream's status.
      {Errc::kUpstreamFailed, Reason::kNone, 402, "payment_required", "payment_required", "payment_required"},
      {Errc::kUpstreamFailed, Reason::kNone, 429, "429", "429", "429"},
      {Errc::kUpstreamFailed, Reason::kNone, 451, "451", "451", "451"},
      {Errc::kUpstreamFailed, Reason::kNone, 500, "500", "500", "500"},
      {Errc::kUpstreamFailed, Reason::kNone, 599, "500", "500", "500"},
      {Errc::kUpstreamFailed, Reason::kNone, 600, "500", "download_failed", "500"},
      {Errc::kUpstreamFailed, Reason::kNone, 401, "500", "download_failed", "500"},
      {Errc::kUpstreamFailed, Reason::kNone, 403, "500", "download_failed", "500"},
      {Errc::kUpstreamFailed, Reason::kNone, 200, "500", "download_failed", "500"},
  };
  for (const auto& c : kCases) {
    const sdk::Error error{
        .code = c.code, .message = {}, .retry_after = {}, .upstream_status = c.status, .reason = c.reason};
    const auto what = ::testing::Message() << "code " << static_cast<unsigned>(c.code) << ", reason "
                                           << static_cast<unsigned>(c.reason) << ", status " << c.status;

    EXPECT_EQ(ClipOf(Step::kTorrent, error), c.torrent) << what;
    EXPECT_EQ(ClipOf(Step::kAdd, error), c.add) << what;
    EXPECT_EQ(ClipOf(Step::kLink, error), c.link) << what;
  }
}

TEST(StremioClipsTest, TellWhatAnItemWaitsFor) {
  using sdk::ItemState;
  for (const auto state : {ItemState::kCached, ItemState::kReady}) EXPECT_EQ(ClipOf(state), "");
  for (const auto state : {ItemState::kQueued, ItemState::kDownloading, ItemState::kProcessing, ItemState::kUploading})
    EXPECT_EQ(ClipOf(state), "downloading");
  for (const auto state : {ItemState::kFailed, ItemState::kInvalid, ItemState::kUnknown, static_cast<ItemState>(99)})
    EXPECT_EQ(ClipOf(state), "download_failed");
}

TEST(StremioClipsTest, AreAllAmongThoseThatExist) {
  const auto exists = [](std::string_view clip) { return std::ranges::find(kClips, clip) != std::end(kClips); };
  EXPECT_TRUE(exists(kNoMatchingFile));
  for (std::uint32_t code = 0; code <= 12; ++code) {
    for (std::uint32_t reason = 0; reason <= 12; ++reason) {
      for (const std::uint32_t status : {0U, 200U, 400U, 401U, 402U, 403U, 404U, 410U, 429U, 451U, 500U, 503U}) {
        const sdk::Error error{.code = static_cast<Errc>(code),
                               .message = {},
                               .retry_after = {},
                               .upstream_status = status,
                               .reason = static_cast<Reason>(reason)};
        for (const auto step : {Step::kTorrent, Step::kAdd, Step::kLink}) EXPECT_TRUE(exists(ClipOf(step, error)));
      }
    }
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio
