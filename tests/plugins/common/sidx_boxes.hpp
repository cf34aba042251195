// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Boxes for tests: segment indexes, right and wrong ones.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::isobmff {

inline std::string BigEndian(std::uint64_t value, unsigned octets) {
  std::string out;
  for (; octets > 0; --octets) out += static_cast<char>(value >> (8 * (octets - 1)));
  return out;
}

inline std::string BoxOf(std::string_view type, std::string_view content) {
  return BigEndian(content.size() + 8, 4).append(type).append(content);
}

struct SidxReference {
  std::uint32_t size = 0;
  std::uint32_t duration = 0;
  bool is_index = false;
};

struct SidxFields {
  std::uint32_t timescale = 1000;
  std::uint64_t time = 0;
  std::uint64_t first_offset = 0;
  bool wide = false;
};

inline std::string Sidx(const std::vector<SidxReference>& references, const SidxFields& fields = {}) {
  const unsigned width = fields.wide ? 8 : 4;
  auto content = BigEndian(fields.wide ? 1 : 0, 1) + BigEndian(0, 3) + BigEndian(1, 4) +
                 BigEndian(fields.timescale, 4) + BigEndian(fields.time, width) +
                 BigEndian(fields.first_offset, width) + BigEndian(0, 2) + BigEndian(references.size(), 2);
  for (const auto& one : references)
    content += BigEndian((one.is_index ? 0x80000000U : 0U) | one.size, 4) + BigEndian(one.duration, 4) +
               BigEndian(0x90000000U, 4);
  return BoxOf("sidx", content);
}

}  // namespace sluice::plugins::isobmff
