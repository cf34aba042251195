// SPDX-License-Identifier: MIT
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "manifest/common/addressing.hpp"
#include "manifest/common/checks.hpp"

namespace sluice::plugins::mpd {
namespace {

constexpr std::string_view kClause = "5.3.9.6";
constexpr auto kMost = std::numeric_limits<std::uint64_t>::max() / 4;

/// Nothing: it is no whole number.
std::optional<std::int64_t> ReadRepeat(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty()) return 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

pugi::xml_node NextRun(pugi::xml_node run) {
  for (auto next = run.next_sibling(); next; next = next.next_sibling())
    if (IsElement(next, "S")) return next;
  return {};
}

}  // namespace

void CheckTimeline(pugi::xml_node timeline, bool period_ends, Findings& findings) {
  bool known = false;        // whether the run before tells its end
  std::uint64_t end = 0;     // of that
  std::uint64_t before = 0;  // how long a segment of it is
  for (auto run = ChildOf(timeline, "S"); run; run = NextRun(run)) {
    std::uint64_t duration = 0;
    if (!ReadNumber(ValueOf(run, "d"), duration) || duration == 0) {
      findings.Add(run, kClause, "S: want a duration d above 0");
      known = false;
      continue;
    }
    std::uint64_t time = known ? end : 0;
    const bool timed = ReadNumber(ValueOf(run, "t"), time) && known;
    if (timed && time < end)
      findings.Add(run, kClause,
                   "S at t=" + std::to_string(time) + " overlaps the one before, which ends at " + std::to_string(end));
    if (timed && time > end && time - end > before)
      findings.Add(
          run, kClause,
          "S at t=" + std::to_string(time) + " leaves a gap of more than a segment behind " + std::to_string(end));
    const auto repeat = ReadRepeat(ValueOf(run, "r"));
    if (!repeat) findings.Add(run, kClause, "S: want a whole number r");
    before = duration;
    known = false;
    if (repeat.value_or(0) >= 0) {
      const auto count = static_cast<std::uint64_t>(repeat.value_or(0)) + 1;
      known = time < kMost && duration < kMost / count;
      end = known ? time + duration * count : 0;
      continue;
    }
    const auto next = NextRun(run);
    std::uint64_t next_time = 0;
    if (next && !ReadNumber(ValueOf(next, "t"), next_time))
      findings.Add(run, kClause, "S with r=" + std::to_string(*repeat) + ": want a t of the S behind it");
    if (!next && !period_ends)
      findings.Add(run, kClause, "S with r=" + std::to_string(*repeat) + " at the end: want an end of the Period");
  }
}

}  // namespace sluice::plugins::mpd
