// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// LineScanner: the lines of a text, in one pass over it.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::plugins::hls {

/// LF ends a line, and so does CR: ffmpeg and hls.js read it so. CR LF is the end of a line and of an empty one.
class LineScanner {
 public:
  explicit LineScanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// \param line  without what ends it. \returns  false at the end of the text.
  bool Next(std::string_view& line) {
    if (at_ == end_) return false;
    number_ += after_feed_ ? 1 : 0;
    const char* const stop = FindBreak(at_, end_);
    line = {at_, static_cast<std::size_t>(stop - at_)};
    after_feed_ = stop != end_ && *stop == '\n';
    at_ = stop == end_ ? stop : stop + 1;
    return true;
  }

  /// Of the last line, as editors count: by LF, from 1.
  std::size_t number() const { return number_; }

 private:
  /// The first CR or LF. Eight octets are looked at in one word: some octet of it is below 0x0e if one of the
  /// differences borrows, and the lowest that says so is right (Hacker's Delight, §6-1). Others below 0x0e, such as
  /// TAB, are rare.
  static const char* FindBreak(const char* at, const char* end) {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    while (std::endian::native == std::endian::little && end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof(word));
      const auto below = (word - kOnes * 0x0e) & ~word & (kOnes * 0x80);
      if (below == 0) {
        at += 8;
        continue;
      }
      at += std::countr_zero(below) / 8;
      if (*at == '\n' || *at == '\r') return at;
      ++at;
    }
    while (at != end && *at != '\n' && *at != '\r') ++at;
    return at;
  }

  const char* at_;
  const char* const end_;
  std::size_t number_ = 1;
  bool after_feed_ = false;
};

}  // namespace sluice::plugins::hls
