// SPDX-License-Identifier: MIT
#include "sequence.hpp"

#include <algorithm>
#include <chrono>
#include <sluice/sdk/url.hpp>

#include "manifest/common/addressing.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

/// Longer than anybody pauses a live stream.
constexpr std::chrono::seconds kKept = std::chrono::hours(24);

std::uint64_t Breaks(std::span<const Mark> marks) {
  return static_cast<std::uint64_t>(
      std::count_if(marks.begin(), marks.end(), [](const Mark& one) { return one.begins; }));
}

std::string_view TakeField(std::string_view& rest) {
  const auto field = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  return field;
}

}  // namespace

std::string Sequence::Pack(const State& state) {
  auto out = std::to_string(state.target);
  for (const auto* anchor : {&state.first, &state.last})
    out += " " + sdk::PercentEncode(anchor->period) + " " + std::to_string(anchor->key) + " " +
           std::to_string(anchor->sequence) + " " + std::to_string(anchor->discontinuities);
  return out;
}

std::optional<Sequence::State> Sequence::Unpack(std::string_view text) {
  State state;
  bool good = mpd::ReadNumber(TakeField(text), state.target);
  for (auto* anchor : {&state.first, &state.last}) {
    auto period = sdk::PercentDecode(TakeField(text));
    good = good && period;
    if (!good) return std::nullopt;
    anchor->period = std::move(*period);
    for (auto* number : {&anchor->key, &anchor->sequence, &anchor->discontinuities})
      good = mpd::ReadNumber(TakeField(text), *number) && good;
  }
  return good ? std::optional(std::move(state)) : std::nullopt;
}

/// \returns  false: the list does not have that segment.
bool Sequence::FromAnchor(const Anchor& anchor, std::span<const Mark> marks, Numbers& out) {
  const auto found = std::find_if(marks.begin(), marks.end(), [&](const Mark& one) {
    return one.key == anchor.key && one.period == anchor.period;
  });
  if (found == marks.end()) return false;
  const auto before = static_cast<std::size_t>(found - marks.begin());
  // The break before the first segment of a list has left with what was before it.
  const auto breaks = Breaks(marks.subspan(before == 0 ? 0 : 1, before));
  if (before > anchor.sequence || breaks > anchor.discontinuities) return false;
  out.sequence = anchor.sequence - before;
  out.discontinuities = anchor.discontinuities - breaks;
  return true;
}

Sequence::State Sequence::StateOf(std::span<const Mark> marks, const Numbers& numbers) {
  const auto& last = marks.back();
  return {.target = numbers.target,
          .first = {std::string(marks.front().period), marks.front().key, numbers.sequence, numbers.discontinuities},
          .last = {std::string(last.period), last.key, numbers.sequence + marks.size() - 1,
                   numbers.discontinuities + Breaks(marks.subspan(1))}};
}

Numbers Sequence::Continue(std::span<const Mark> marks, std::uint64_t target, bool remember) {
  Numbers out{.sequence = marks.empty() ? 0 : marks.front().expected, .target = target};
  // Twice: another instance may have been the first to give numbers.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto kept = host_.kv().Get(call_, key_);
    std::optional<std::string_view> before;
    if (kept && *kept) before = **kept;
    const auto state = before ? Unpack(*before) : std::nullopt;
    out.known = state.has_value();
    if (state) {
      out.target = std::max(target, state->target);
      // A list that has nothing of the latest goes on behind it.
      if (!marks.empty() && !FromAnchor(state->last, marks, out) && !FromAnchor(state->first, marks, out)) {
        out.sequence = state->last.sequence + 1;
        out.discontinuities = state->last.discontinuities + (state->last.period == marks.front().period ? 0 : 1);
      }
    }
    const bool older = state && out.sequence + marks.size() <= state->last.sequence;  // a cache upstream lags behind
    if (!remember || marks.empty() || older) return out;
    const auto fresh = Pack(StateOf(marks, out));
    if (before && *before == fresh) return out;
    const auto put = host_.kv().PutIf(call_, key_, before, fresh, kKept);
    if (!put || *put) return out;  // without a cache, numbers are as good as the MPD's
  }
  return out;
}

}  // namespace sluice::plugins::dash_to_hls
