// SPDX-License-Identifier: MIT
#include "note.hpp"

#include <charconv>
#include <cstddef>
#include <sluice/sdk/manifest.hpp>
#include <system_error>

namespace sluice::plugins::hls {
namespace {

constexpr std::string_view kName = "hls1";
/// Stands for variables that were left out: no variable has an empty name.
constexpr std::string_view kLeftOut;

std::string Head(const Note& note) {
  std::string out(kName);
  out += static_cast<char>(note.to);
  Items::Put(note.scope, out);
  return out;
}

}  // namespace

void Items::Put(std::string_view item, std::string& out) {
  out.append(std::to_string(item.size())).append(":").append(item);
}

bool Items::Next(std::string_view& item) {
  if (rest_.empty() || !whole_) return false;
  std::size_t size = 0;
  const auto [colon, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
  const auto head = static_cast<std::size_t>(colon - rest_.data());
  whole_ = error == std::errc() && head < rest_.size() && *colon == ':' && size <= rest_.size() - head - 1;
  if (!whole_) return false;
  item = rest_.substr(head + 1, size);
  rest_.remove_prefix(head + 1 + size);
  return true;
}

std::string Note::Pack() const {
  if (to == To::kPlaylist && scope.empty() && variables.empty() && !variables_left_out) return {};
  auto out = Head(*this);
  for (const auto& [name, value] : variables) {
    Items::Put(name, out);
    Items::Put(value, out);
  }
  if (!variables_left_out && out.size() <= sdk::kMaxNoteBytes) return out;
  out = Head(*this);
  Items::Put(kLeftOut, out);
  Items::Put({}, out);
  return out;
}

Note::To Note::Leads(std::string_view packed) noexcept {
  if (!packed.starts_with(kName) || packed.size() == kName.size()) return To::kPlaylist;
  const auto to = static_cast<To>(packed[kName.size()]);
  return to == To::kSteering || to == To::kAssets || to == To::kPart ? to : To::kPlaylist;
}

std::optional<Note> Note::Unpack(std::string_view packed) {
  if (!packed.starts_with(kName) || packed.size() == kName.size()) return std::nullopt;
  Note note{.to = Leads(packed)};
  if (static_cast<char>(note.to) != packed[kName.size()]) return std::nullopt;
  Items items(packed.substr(kName.size() + 1));
  std::string_view name;
  std::string_view value;
  if (!items.Next(name)) return std::nullopt;
  note.scope = name;
  while (items.Next(name)) {
    if (!items.Next(value)) return std::nullopt;
    if (name.empty())
      note.variables_left_out = true;
    else
      note.variables.emplace_back(name, value);
  }
  if (!items.whole()) return std::nullopt;
  return note;
}

}  // namespace sluice::plugins::hls
