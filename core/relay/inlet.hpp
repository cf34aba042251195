// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Inlet: where a body comes from, a connection or a file, without its transfer coding.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/upstream/body.hpp"
#include "core/upstream/file.hpp"

namespace sluice::relay {

enum class Got : std::uint8_t {
  kData,
  kBlocked,  ///< Nothing now; wait for the descriptor.
  kEnd,
  kBroken,  ///< The connection is gone, or its framing is lost.
};

/// Threads: one at a time.
class Inlet {
 public:
  using Body = std::variant<upstream::RawBody, upstream::FilePart>;

  explicit Inlet(Body body) : body_(std::move(body)) {}

  /// Goes on with another body, whose octets follow those of this one.
  void Replace(Body rest);
  /// For epoll; -1: a file, which is always ready.
  int fd() const;
  bool secure() const;
  /// Octets stand on the wire, or in the file, as they are: no cipher, no transfer coding.
  bool plain() const;
  /// Whether Splice may be used now: plain, and none are buffered.
  bool spliceable() const;
  /// Whether octets of the body are in memory already, and no transfer coding in between.
  bool holds_plain() const;
  /// Body octets that are still to come; the largest number when that is not known.
  std::uint64_t left() const;

  /// The next octets, decoded. \param bytes  how many, with kData; may be none when only framing came.
  Got Read(std::span<std::byte> buffer, std::size_t& bytes);
  /// Moves the next octets into an empty pipe.
  Got Splice(int pipe, std::size_t most, std::size_t& bytes);
  /// After kEnd: the trailer section of a chunked body (ChunkDecoder::Step), otherwise empty.
  std::string_view trailers() const { return trailers_; }
  /// The body was read to its end: the connection goes back to its pool, if it may be used again.
  void Finish();

 private:
  Got ReadRaw(upstream::RawBody& raw, std::span<std::byte> buffer, std::size_t& bytes);
  Got ReadChunked(upstream::RawBody& raw, std::span<std::byte> buffer, std::size_t& bytes);
  Got ReadFile(upstream::FilePart& part, std::span<std::byte> buffer, std::size_t& bytes);

  Body body_;
  std::string trailers_;
};

}  // namespace sluice::relay
