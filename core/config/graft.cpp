// SPDX-License-Identifier: MIT
#include "core/config/graft.hpp"

#include "core/config/wording.hpp"

namespace sluice::config {

void Graft::Put(const std::string& section, const std::string& name, Json value, const std::string& from) {
  sections_.try_emplace(section, Json::object()).first->second[name] = std::move(value);
  Mark(Child(section) + Child(name), from);
}

void Graft::Insert(const std::string& pointer, Json value, const std::string& from) {
  inserted_.emplace_back(pointer, std::move(value));
  Mark(pointer, from);
}

bool Graft::Has(const std::string& section, const std::string& name) const {
  const auto held = document_.root.find(section);
  if (held != document_.root.end() && held->is_object() && held->contains(name)) return true;
  const auto put = sections_.find(section);
  return put != sections_.end() && put->second.contains(name);
}

std::string Graft::FreeName(const std::string& section, const std::string& base) const {
  auto name = base;
  for (int i = 2; Has(section, name); ++i) name = base + "-" + std::to_string(i);
  return name;
}

const Json& Graft::Entries(const std::string& section) const {
  static const Json kNone = Json::object();
  const auto found = sections_.find(section);
  return found == sections_.end() ? kNone : found->second;
}

void Graft::Apply(Document& document) && {
  for (auto& [section, entries] : sections_) {
    auto& held = document.root[section];
    if (held.is_null()) held = Json::object();
    if (!held.is_object()) continue;  // a fault of its own
    for (auto& [name, value] : entries.items()) held[name] = std::move(value);
  }
  for (auto& [pointer, value] : inserted_) document.root[Json::json_pointer(pointer)] = std::move(value);
  for (auto& [pointer, from] : marks_) document.places[pointer] = PlaceOf(document.places, from);
}

std::string Twig::At(std::string_view key) const { return pointer_ + Child(key); }

}  // namespace sluice::config
