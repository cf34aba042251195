// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Sequence: media sequence numbers that hold from one reload to the next (RFC 8216bis §4.4.3.2).

#include <sluice/sdk/host.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::plugins::dash_to_hls {

/// What a segment is known by after a reload.
struct Mark {
  std::string_view period;     ///< Its id.
  std::uint64_t key = 0;       ///< A number or a time: once in its Period.
  bool begins = false;         ///< EXT-X-DISCONTINUITY stands before it.
  std::uint64_t expected = 0;  ///< Its number, should none be known.
};

struct Numbers {
  std::uint64_t sequence = 0;         ///< EXT-X-MEDIA-SEQUENCE
  std::uint64_t discontinuities = 0;  ///< EXT-X-DISCONTINUITY-SEQUENCE
  std::uint64_t target = 0;           ///< EXT-X-TARGETDURATION
  bool known = false;                 ///< They come out of an earlier list.
};

/// DASH numbers start anew in each Period, and times do not count anything. So it is remembered what the first and the
/// last segment of the latest list were called, which the next list has one of: by all instances that share a cache.
class Sequence {
 public:
  /// Both outlive this. \param playlist  names it.
  Sequence(const sdk::Call& call, const sdk::Host& host, std::string_view playlist)
      : call_(call), host_(host), key_("list/" + host.secrets().Fingerprint(playlist)) {}

  /// Numbers of the list that `marks` are the segments of; and remembers them.
  /// \param target  seconds of the longest segment seen now. \param remember  false: only looks.
  Numbers Continue(std::span<const Mark> marks, std::uint64_t target, bool remember);

 private:
  struct Anchor {
    std::string period{};
    std::uint64_t key = 0, sequence = 0, discontinuities = 0;
  };
  struct State {
    std::uint64_t target = 0;
    Anchor first{}, last{};
  };

  static std::string Pack(const State& state);
  static std::optional<State> Unpack(std::string_view text);
  static bool FromAnchor(const Anchor& anchor, std::span<const Mark> marks, Numbers& out);
  static State StateOf(std::span<const Mark> marks, const Numbers& numbers);

  const sdk::Call& call_;
  const sdk::Host& host_;
  const std::string key_;
};

}  // namespace sluice::plugins::dash_to_hls
