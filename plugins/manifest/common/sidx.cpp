// SPDX-License-Identifier: MIT
#include "manifest/common/sidx.hpp"

#include <cstddef>
#include <limits>

namespace sluice::plugins::mpd {
namespace {

sdk::Error Fault(const char* message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = std::string("segment index: ") + message};
}

/// Big-endian numbers, one after another; 0 behind the end.
class Reader {
 public:
  explicit Reader(std::string_view octets) : rest_(octets) {}

  std::uint64_t Take(std::size_t size) {
    if (size > rest_.size()) {
      rest_ = {};
      whole_ = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (const char c : rest_.substr(0, size)) value = value << 8U | static_cast<unsigned char>(c);
    rest_.remove_prefix(size);
    return value;
  }
  bool whole() const { return whole_; }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

struct Box {
  std::string_view type{};
  std::uint64_t size = 0;  ///< With its header.
  std::size_t header = 0;
};

/// \returns  nothing: no box begins at the front of `octets`.
std::optional<Box> ReadBox(std::string_view octets) {
  Reader reader(octets);
  Box box{.size = reader.Take(4), .header = 8};
  reader.Take(4);
  if (!reader.whole()) return std::nullopt;
  box.type = octets.substr(4, 4);
  if (box.size == 1) {
    box.size = reader.Take(8);
    box.header = 16;
  } else if (box.size == 0) {
    box.size = octets.size();
  }
  if (!reader.whole() || box.size < box.header) return std::nullopt;
  return box;
}

}  // namespace

std::optional<ByteRange> FindIndex(std::string_view octets) {
  std::uint64_t at = 0;
  while (at < octets.size()) {
    const auto box = ReadBox(octets.substr(at));
    if (!box || box->type == "mdat" || box->type == "moof") return std::nullopt;
    if (box->type == "sidx") return ByteRange{at, box->size};
    if (box->size > octets.size() - at) return std::nullopt;
    at += box->size;
  }
  return std::nullopt;
}

sdk::Result<Index> ReadIndex(std::string_view octets, std::uint64_t offset) {
  const auto found = FindIndex(octets);
  if (!found) return Fault("want a sidx box");
  if (found->length > octets.size() - found->offset) return Fault("cut off");
  const auto box = octets.substr(found->offset, found->length);
  Reader reader(box.substr(ReadBox(box)->header));
  const bool wide = reader.Take(1) > 0;
  reader.Take(3 + 4);
  Index index{.timescale = reader.Take(4)};
  auto time = reader.Take(wide ? 8 : 4);
  const auto first = reader.Take(wide ? 8 : 4);
  reader.Take(2);
  const auto count = reader.Take(2);
  if (!reader.whole() || index.timescale == 0) return Fault("not well-formed");
  if (reader.left() < count * 12) return Fault("cut off");
  // The references count from behind the box.
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max() / 2;
  auto at = offset + found->offset + found->length;
  if (offset > kMost || found->offset + found->length > kMost / 2 || first > kMost / 2 || time > kMost)
    return Fault("numbers too large");
  at += first;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto word = reader.Take(4);
    const auto duration = reader.Take(4);
    reader.Take(4);
    const auto size = word & 0x7FFFFFFFU;
    if (size == 0) return Fault("a reference to nothing");
    index.entries.push_back({.place = {at, size}, .is_index = (word >> 31U) != 0, .time = time, .duration = duration});
    at += size;
    time += duration;
  }
  return index;
}

}  // namespace sluice::plugins::mpd
