// SPDX-License-Identifier: MIT
#include "variables.hpp"

#include <algorithm>
#include <utility>

namespace sluice::plugins::hls {

std::string Variables::Shown(std::string_view name) { return "{$" + std::string(name.substr(0, 64)) + "}"; }

bool Variables::IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool Variables::IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsNameCharacter);
}

std::size_t Variables::Find(std::string_view text, std::size_t from, std::string_view& name) {
  for (auto at = text.find("{$", from); at != std::string_view::npos; at = text.find("{$", at + 1)) {
    auto end = at + 2;
    while (end < text.size() && IsNameCharacter(text[end])) ++end;
    if (end == at + 2 || end == text.size() || text[end] != '}') continue;
    name = text.substr(at + 2, end - at - 2);
    return at;
  }
  return std::string_view::npos;
}

bool Variables::Define(std::string_view name, std::string value) { return Keep(name, {.text = std::move(value)}); }

bool Variables::DefineExpanded(std::string_view name, std::string_view value) {
  Value made;
  made.fault = Expand(value, made.text);
  if (!made.fault.empty()) made.text.clear();
  return Keep(name, std::move(made));
}

bool Variables::DefineFault(std::string_view name, std::string fault) {
  return Keep(name, {.fault = std::move(fault)});
}

std::vector<std::pair<std::string, std::string>> Variables::List() const {
  std::vector<std::pair<std::string, std::string>> list;
  for (const auto& [name, value] : values_)
    if (value.fault.empty()) list.emplace_back(name, value.text);
  return list;
}

bool Variables::Keep(std::string_view name, Value value) {
  held_bytes_ += name.size() + value.text.size() + value.fault.size();
  if (held_bytes_ > max_bytes_) return false;
  values_.try_emplace(std::string(name), std::move(value));
  return true;
}

std::string Variables::Expand(std::string_view text, std::string& out) const {
  out.clear();
  std::size_t done = 0;
  std::string_view name;
  for (auto at = Find(text, 0, name); at != std::string_view::npos; at = Find(text, done, name)) {
    const auto found = values_.find(name);
    if (found == values_.end()) return "variable " + Shown(name) + " is not defined before its use";
    if (!found->second.fault.empty()) return found->second.fault;
    out.append(text, done, at - done).append(found->second.text);
    if (out.size() > max_bytes_)
      return "a URI with its variables is longer than " + std::to_string(max_bytes_) + " octets";
    done = at + name.size() + 3;
  }
  out.append(text, done);
  return {};
}

}  // namespace sluice::plugins::hls
