// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <limits>

#include "plugins/manifest/common/times.hpp"

namespace sluice::plugins::mpd {
namespace {

std::int64_t MicrosOf(std::string_view text) { return ReadDuration(text).value_or(Micros(-1)).count(); }

TEST(MpdTimesTest, ReadsDurations) {
  EXPECT_EQ(MicrosOf("PT0S"), 0);
  EXPECT_EQ(MicrosOf("PT1.5S"), 1'500'000);
  EXPECT_EQ(MicrosOf(" PT1H2M3.0000009S "), 3'723'000'000);
  EXPECT_EQ(MicrosOf("P1DT1S"), 86'401'000'000);
  EXPECT_EQ(MicrosOf("P1Y2M"), (365LL + 60) * 86'400'000'000);
  EXPECT_EQ(MicrosOf("-PT2S"), -2'000'000);
}

TEST(MpdTimesTest, RefusesWhatIsNoDuration) {
  for (const auto* const text : {"", "P", "PT", "1S", "PT1", "PT-1S", "PTS", "P1S", "PT1X", "PT99999999999999999999S",
                                 "P999999999999Y", "P10000000000D", "PT1Sx"})
    EXPECT_FALSE(ReadDuration(text)) << text;
}

TEST(MpdTimesTest, ReadsAndWritesDates) {
  const auto shown = [](std::string_view text) {
    const auto read = ReadDateTime(text);
    return read ? FormatDateTime(*read) : "none";
  };
  EXPECT_EQ(shown("2024-02-29T12:34:56Z"), "2024-02-29T12:34:56.000Z");
  EXPECT_EQ(shown("1970-01-01T00:00:00"), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(shown("2024-01-01T01:00:00.12345678+02:30"), "2023-12-31T22:30:00.123Z");
  EXPECT_EQ(shown("2024-01-01T01:00:00-01:00"), "2024-01-01T02:00:00.000Z");
  for (const auto* const text :
       {"", "2024", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01", "0-0-0T0:0:0", "2024-01-01T00:61:00Z",
        "2024-01-01T00:00:00X", "2024-01-01T00:00:00+99:00"})
    EXPECT_EQ(shown(text), "none") << text;
}

TEST(MpdTimesTest, TicksDoNotOverflow) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(FromTicks(90'000, 90'000), Micros(1'000'000));
  EXPECT_EQ(FromTicks(1, 3), Micros(333'333));
  EXPECT_EQ(FromTicks(kMost, 10'000'000'000).count(), 1'844'674'407'370'955);
  EXPECT_GT(FromTicks(kMost, 1).count(), 0);
  EXPECT_EQ(ToTicks(Micros(-5), 1000), 0U);
  EXPECT_EQ(ToTicks(Micros::max(), kMost), kMost);
}

}  // namespace
}  // namespace sluice::plugins::mpd
