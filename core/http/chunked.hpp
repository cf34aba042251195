// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The chunked transfer coding (RFC 9112 §7.1) over octets, without I/O; reading is a state machine.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/http/fault.hpp"

namespace sluice::http {

/// What ends a chunk's data, and every other line.
inline constexpr std::string_view kLineEnd = "\r\n";

/// The line in front of a chunk of data.
class ChunkSizeLine {
 public:
  /// \param size  not 0: that would be the end of the body.
  explicit ChunkSizeLine(std::size_t size);

  std::string_view text() const { return {line_.data(), size_}; }

 private:
  std::array<char, 18> line_;
  std::size_t size_;
};

/// Strict: hex digits only, CRLF only, extensions checked, bounded and dropped; trailers checked and bounded. Threads:
/// one at a time.
class ChunkDecoder {
 public:
  static constexpr std::size_t kMaxExtensionBytes = 256;         ///< Of one chunk.
  static constexpr std::size_t kMaxExtensionsBytes = 16 * 1024;  ///< Of one body: framing must not outweigh it.
  static constexpr std::size_t kMaxTrailerBytes = 8 * 1024;

  struct Step {
    std::size_t consumed = 0;  ///< Octets of the input that are done with; `data` is the last of them.
    std::string_view data;     ///< Body octets, a view into the input; may be empty.
    /// Of the trailer section, its last line end included, a view into the input; may be empty. Those of all steps one
    /// after the other are what ScanFields takes.
    std::string_view trailers;
    Fault fault = Fault::kNone;
  };

  /// Takes framing up to and including the next run of data. Call it until everything is consumed or done().
  /// Octets after the end of the body are left alone. After a fault every call answers the same fault.
  Step Next(std::string_view input);

  bool done() const { return state_ == State::kDone; }
  /// Octets of data that the present chunk still has.
  std::uint64_t data_left() const { return state_ == State::kData ? left_ : 0; }

 private:
  enum class State : std::uint8_t {
    kSizeFirst,
    kSize,
    kExtension,
    kSizeLineFeed,
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailerFirst,
    kTrailerName,
    kTrailerValue,
    kTrailerLineFeed,
    kEndLineFeed,
    kDone,
    kFault
  };
  bool InTrailers() const { return state_ >= State::kTrailerFirst && state_ <= State::kEndLineFeed; }
  void TakeFraming(char c);
  void TakeSize(char c);
  void TakeExtension(char c);
  void TakeTrailer(char c);
  void Expect(char c, char wanted, State next, Fault fault);
  void Fail(Fault fault);

  std::uint64_t left_ = 0;
  std::uint32_t extension_bytes_ = 0;
  std::uint32_t extensions_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
  std::uint8_t digits_ = 0;
  State state_ = State::kSizeFirst;
  Fault fault_ = Fault::kNone;
};

}  // namespace sluice::http
