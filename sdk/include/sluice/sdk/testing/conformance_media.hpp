// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rules that every media backend keeps: SLUICE_MEDIA_CONFORMANCE(Component, Fixture).

#include <sluice/sdk/media.hpp>
#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/sinks.hpp>

namespace sluice::sdk::testing {

struct MediaFixture : ConformanceFixture {
  Principal who{.subject = "user:conformance"};
  std::string playable_id;                ///< Resolve works.
  std::string unknown_id = "no-such-id";  ///< In the backend's own form, and not there.
};

class MediaConformance : public ConformanceSuite<MediaBackend, MediaFixture> {
 public:
  using Self = MediaConformance;
  using ConformanceSuite::ConformanceSuite;

  static std::vector<internal::ConformanceRule<Self>> Rules() {
    return {{"BrowsesItsRoot", &Self::BrowsesItsRoot},
            {"StopsWhenTheSinkWantsNoMore", &Self::StopsWhenTheSinkWantsNoMore},
            {"ResolvesWhatCanBePlayed", &Self::ResolvesWhatCanBePlayed},
            {"FindsNoUnknownId", &Self::FindsNoUnknownId},
            {"RefusesHostileIds", &Self::RefusesHostileIds},
            {"AnswersForChildren", &Self::AnswersForChildren},
            {"TakesReports", &Self::TakesReports},
            {"EndsEarlyWhenTheCallIsOver", &Self::EndsEarlyWhenTheCallIsOver},
            {"ServesManyThreads", &Self::ServesManyThreads}};
  }

 private:
  const Principal& Who() { return fixture().who; }
  Result<Source> Resolve(const Call& call, std::string_view id) { return subject().Resolve(call, Who(), id, ""); }

  void BrowsesItsRoot() {
    CollectedMedia items;
    const auto status = subject().Browse(AnyCall(), Who(), "", items);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_FALSE(items.values.empty());
    for (const auto& item : items.values) {
      EXPECT_FALSE(item.id.empty());
      EXPECT_FALSE(item.title.empty()) << item.id;
      EXPECT_FALSE(item.kind.empty()) << item.id;
    }
  }
  void StopsWhenTheSinkWantsNoMore() {
    CollectedMedia items(1);
    const auto status = subject().Browse(AnyCall(), Who(), "", items);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(items.values.size(), 1U) << "put after the sink wanted no more";
  }
  void ResolvesWhatCanBePlayed() {
    const auto source = Resolve(AnyCall(), fixture().playable_id);
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_TRUE(IsAbsoluteUrl(source->url)) << source->url;
    EXPECT_LE(source->context.size(), 256U);
  }
  void FindsNoUnknownId() {
    const std::string id = fixture().unknown_id;
    CollectedMedia items;
    EXPECT_EQ(CodeOf(Resolve(AnyCall(), id)), Errc::kNotFound);
    EXPECT_EQ(CodeOf(subject().Browse(AnyCall(), Who(), id, items)), Errc::kNotFound);
  }
  void RefusesHostileIds() {
    using namespace std::string_view_literals;
    if (fixture().waits_for_upstream)
      host().http.FailAll({.code = Errc::kUpstreamFailed, .message = "upstream is away"});
    const std::string long_id(20'000, 'a');
    for (const std::string_view id : {"../../../../etc/passwd"sv, "/etc/passwd"sv, "..\\..\\etc"sv, "a\0b"sv,
                                      "\xff\xfe"sv, "%2e%2e/%2e%2e/etc/passwd"sv, std::string_view(long_id)}) {
      CollectedMedia items;
      EXPECT_TRUE(CodeOf(Resolve(AnyCall(), id)).has_value()) << id;
      EXPECT_TRUE(CodeOf(subject().Browse(AnyCall(), Who(), id, items)).has_value()) << id;
    }
  }
  void AnswersForChildren() {
    const auto source = Resolve(AnyCall(), fixture().playable_id);
    ASSERT_TRUE(source) << source.error().message;
    const auto own = subject().ResolveChild(AnyCall(), Who(), {.url = source->url, .context = source->context});
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_TRUE(IsAbsoluteUrl(own->url)) << own->url;
    const auto foreign =
        subject().ResolveChild(AnyCall(), Who(), {.url = "https://elsewhere.example/x", .context = source->context});
    if (!foreign) {
      EXPECT_EQ(CodeOf(foreign), Errc::kPermissionDenied);
    } else {
      EXPECT_TRUE(foreign->headers.empty()) << "headers of this backend go to another host";
    }
  }
  void TakesReports() {
    for (const auto event :
         {PlaybackEvent::kStart, PlaybackEvent::kProgress, PlaybackEvent::kPause, PlaybackEvent::kStop}) {
      const auto code =
          CodeOf(subject().Report(AnyCall(), Who(), fixture().playable_id, event, std::chrono::milliseconds(1500)));
      EXPECT_TRUE(!code || code == Errc::kUnsupported);
    }
  }
  void EndsEarlyWhenTheCallIsOver() {
    ExpectEndsEarly([&](const Call& call) {
      CollectedMedia items;
      return subject().Browse(call, Who(), "", items);
    });
  }
  void ServesManyThreads() {
    ExpectSafeFromManyThreads([&](const Call& call) { return Resolve(call, fixture().playable_id); });
    ExpectSafeFromManyThreads([&](const Call& call) {
      CollectedMedia items;
      return subject().Browse(call, Who(), "", items);
    });
  }
};

}  // namespace sluice::sdk::testing

#define SLUICE_MEDIA_CONFORMANCE(Component, Fixture) SLUICE_CONFORMANCE(MediaConformance, Component, Fixture)
