// SPDX-License-Identifier: MIT
#include "core/http/chunked.hpp"

#include <algorithm>
#include <charconv>

#include "core/http/head_scanner.hpp"

namespace sluice::http {
namespace {

constexpr int kMaxDigits = 16;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkSizeLine::ChunkSizeLine(std::size_t size) {
  auto* const end = std::to_chars(line_.data(), line_.data() + kMaxDigits, size, 16).ptr;
  size_ = static_cast<std::size_t>(std::copy(kLineEnd.begin(), kLineEnd.end(), end) - line_.data());
}

ChunkDecoder::Step ChunkDecoder::Next(std::string_view input) {
  Step step;
  while (step.consumed < input.size() && state_ != State::kDone && state_ != State::kFault) {
    if (state_ == State::kData) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - step.consumed));
      step.data = input.substr(step.consumed, size);
      step.consumed += size;
      left_ -= size;
      if (left_ == 0) state_ = State::kDataReturn;
      return step;
    }
    if (InTrailers()) step.trailers = input.substr(step.consumed - step.trailers.size(), step.trailers.size() + 1);
    TakeFraming(input[step.consumed]);
    ++step.consumed;
  }
  step.fault = fault_;
  return step;
}

void ChunkDecoder::TakeFraming(char c) {
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize:
      return TakeSize(c);
    case State::kExtension:
      return TakeExtension(c);
    case State::kSizeLineFeed:
      return Expect(c, '\n', left_ == 0 ? State::kTrailerFirst : State::kData, Fault::kChunkSize);
    case State::kDataReturn:
      return Expect(c, '\r', State::kDataLineFeed, Fault::kChunkEnd);
    case State::kDataLineFeed:
      return Expect(c, '\n', State::kSizeFirst, Fault::kChunkEnd);
    case State::kTrailerFirst:
    case State::kTrailerName:
    case State::kTrailerValue:
      return TakeTrailer(c);
    case State::kTrailerLineFeed:
      return Expect(c, '\n', State::kTrailerFirst, Fault::kTrailer);
    case State::kEndLineFeed:
      return Expect(c, '\n', State::kDone, Fault::kTrailer);
    case State::kData:
    case State::kDone:
    case State::kFault:
      return;
  }
}

void ChunkDecoder::TakeSize(char c) {
  if (state_ == State::kSizeFirst) {
    left_ = 0;
    digits_ = 0;
    extension_bytes_ = 0;
    state_ = State::kSize;
  }
  if (const int value = HexValue(c); value >= 0) {
    if (++digits_ > kMaxDigits || left_ >> 59U != 0) return Fail(Fault::kChunkSize);
    left_ = left_ << 4U | static_cast<std::uint64_t>(value);
    return;
  }
  if (digits_ == 0) return Fail(Fault::kChunkSize);
  if (c == ';') {
    state_ = State::kExtension;
  } else {
    Expect(c, '\r', State::kSizeLineFeed, Fault::kChunkSize);
  }
}

void ChunkDecoder::TakeExtension(char c) {
  if (c == '\r') {
    state_ = State::kSizeLineFeed;
    return;
  }
  const bool fits = ++extension_bytes_ <= kMaxExtensionBytes && ++extensions_bytes_ <= kMaxExtensionsBytes;
  if (!fits || !IsFieldValue({&c, 1})) Fail(Fault::kChunkExtension);
}

void ChunkDecoder::TakeTrailer(char c) {
  if (++trailer_bytes_ > kMaxTrailerBytes) return Fail(Fault::kTrailer);
  if (state_ == State::kTrailerValue) {
    if (c == '\r') {
      state_ = State::kTrailerLineFeed;
    } else if (!IsFieldValue({&c, 1})) {
      Fail(Fault::kTrailer);
    }
  } else if (state_ == State::kTrailerFirst && c == '\r') {
    state_ = State::kEndLineFeed;
  } else if (state_ == State::kTrailerName && c == ':') {
    state_ = State::kTrailerValue;
  } else if (IsToken({&c, 1})) {
    state_ = State::kTrailerName;
  } else {
    Fail(Fault::kTrailer);
  }
}

void ChunkDecoder::Expect(char c, char wanted, State next, Fault fault) {
  if (c != wanted) return Fail(fault);
  state_ = next;
}

void ChunkDecoder::Fail(Fault fault) {
  fault_ = fault;
  state_ = State::kFault;
}

}  // namespace sluice::http
