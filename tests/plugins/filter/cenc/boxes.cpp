// SPDX-License-Identifier: MIT
#include "boxes.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>
#include <utility>

namespace sluice::testing::media {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::cerr << "test media: " << what << '\n';
  std::abort();
}

/// How many octets stand in front of a box's children; npos: it has none.
std::size_t FieldBytes(std::string_view type) {
  static const std::set<std::string_view> kPlain = {"moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf"};
  if (kPlain.contains(type)) return 0;
  if (type == "stsd") return 8;
  if (type == "avc1" || type == "hvc1" || type == "encv") return 78;
  if (type == "mp4a" || type == "enca") return 28;
  return std::string_view::npos;
}

}  // namespace

std::string Number(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
  return out;
}

std::uint64_t NumberAt(std::string_view octets, std::size_t at, int bytes) {
  Require(at + static_cast<std::size_t>(bytes) <= octets.size(), "a number beyond the end");
  std::uint64_t out = 0;
  for (const char c : octets.substr(at, static_cast<std::size_t>(bytes)))
    out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

std::string Node::Write() const {
  std::string body = data;
  for (const auto& child : children) body += child.Write();
  if (large) return Number(1, 4) + type + Number(body.size() + 16, 8) + body;
  return Number(body.size() + 8, 4) + type + body;
}

Node* Node::Child(std::string_view name) {
  const auto found =
      std::find_if(children.begin(), children.end(), [&](const Node& child) { return child.type == name; });
  return found == children.end() ? nullptr : &*found;
}

Node FullBox(std::string type, std::uint8_t version, std::uint32_t flags, std::string rest) {
  return {.type = std::move(type), .data = Number(version, 1) + Number(flags, 3) + std::move(rest)};
}

std::vector<Node> Parse(std::string_view file) {
  std::vector<Node> out;
  while (!file.empty()) {
    auto size = NumberAt(file, 0, 4);
    Node node{.type = std::string(file.substr(4, 4))};
    std::size_t head = 8;
    if (size == 1) {
      size = NumberAt(file, 8, 8);
      head = 16;
      node.large = true;
    }
    Require(size >= head && size <= file.size(), "a box that does not fit");
    const auto body = file.substr(head, static_cast<std::size_t>(size) - head);
    const auto fields = FieldBytes(node.type);
    node.data = body.substr(0, fields);
    if (fields != std::string_view::npos) node.children = Parse(body.substr(fields));
    out.push_back(std::move(node));
    file.remove_prefix(static_cast<std::size_t>(size));
  }
  return out;
}

std::string Write(const std::vector<Node>& file) {
  std::string out;
  for (const auto& node : file) out += node.Write();
  return out;
}

}  // namespace sluice::testing::media
