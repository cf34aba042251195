// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Boxes as tests write them: a tree whose sizes are made when it is written. Shares no code with the filter.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing::media {

std::string Number(std::uint64_t value, int bytes);
std::uint64_t NumberAt(std::string_view octets, std::size_t at, int bytes);

/// One box: first `data`, then `children`.
struct Node {
  std::string type;
  std::string data{};
  std::vector<Node> children{};
  bool large = false;  ///< Write its size with 64 bits.

  std::string Write() const;
  std::size_t size() const { return Write().size(); }
  /// The first child of that type; null: there is none.
  Node* Child(std::string_view name);
};

/// "version and flags" and what follows them.
Node FullBox(std::string type, std::uint8_t version, std::uint32_t flags, std::string rest);

/// The boxes of a file; those that hold boxes, down to sample entries, with their children. Aborts on malformed input.
std::vector<Node> Parse(std::string_view file);
std::string Write(const std::vector<Node>& file);

}  // namespace sluice::testing::media
