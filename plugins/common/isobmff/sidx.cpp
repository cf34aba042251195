// SPDX-License-Identifier: MIT
#include "common/isobmff/sidx.hpp"

#include <limits>
#include <string>

#include "common/isobmff/box_header.hpp"

namespace sluice::plugins::isobmff {
namespace {

sdk::Error Fault(const char* message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = std::string("segment index: ") + message};
}

/// \returns  nothing: no box begins at the front of `octets`.
std::optional<BoxHeader> HeaderOf(Octets octets) {
  const auto read = ReadHeader(octets);
  if (!read || !*read) return std::nullopt;
  auto header = **read;
  if (header.size == 0) header.size = octets.size();
  return header;
}

}  // namespace

std::optional<ByteRange> FindIndex(Octets octets) {
  std::uint64_t at = 0;
  while (at < octets.size()) {
    const auto box = HeaderOf(octets.subspan(at));
    if (!box || box->type == FourCc("mdat") || box->type == FourCc("moof")) return std::nullopt;
    if (box->type == FourCc("sidx")) return ByteRange{at, box->size};
    if (box->size > octets.size() - at) return std::nullopt;
    at += box->size;
  }
  return std::nullopt;
}

sdk::Result<Index> ReadIndex(Octets octets, std::uint64_t offset) {
  const auto found = FindIndex(octets);
  if (!found) return Fault("want a sidx box");
  if (found->length > octets.size() - found->offset) return Fault("cut off");
  const auto box = octets.subspan(found->offset, found->length);
  Fields fields(box.subspan(HeaderOf(box)->header_bytes));
  const bool wide = fields.U8() > 0;
  fields.Skip(3 + 4);
  Index index{.timescale = fields.U32()};
  auto time = wide ? fields.U64() : fields.U32();
  const auto first = wide ? fields.U64() : fields.U32();
  fields.Skip(2);
  const std::uint64_t count = fields.U16();
  if (!fields.ok() || index.timescale == 0) return Fault("not well-formed");
  if (fields.rest().size() < count * 12) return Fault("cut off");
  // The references count from behind the box.
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max() / 2;
  auto at = offset + found->offset + found->length;
  if (offset > kMost || found->offset + found->length > kMost / 2 || first > kMost / 2 || time > kMost)
    return Fault("numbers too large");
  at += first;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t word = fields.U32();
    const std::uint64_t duration = fields.U32();
    fields.Skip(4);
    const auto size = word & 0x7FFFFFFFU;
    if (size == 0) return Fault("a reference to nothing");
    index.entries.push_back({.place = {at, size}, .is_index = (word >> 31U) != 0, .time = time, .duration = duration});
    at += size;
    time += duration;
  }
  return index;
}

}  // namespace sluice::plugins::isobmff
