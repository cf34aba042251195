// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Graft: parts in native form that were written in another, with the places where they were written.

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/document.hpp"

namespace sluice::config {

/// Collects while the document is read; Apply changes it afterwards.
class Graft {
 public:
  explicit Graft(const Document& document) : document_(document) {}

  /// Adds `name` to one of the maps of the first level. \param from  where it was written.
  void Put(const std::string& section, const std::string& name, Json value, const std::string& from);
  /// Puts a value below what the document has already. \param pointer  through maps, or what is not there yet.
  void Insert(const std::string& pointer, Json value, const std::string& from);
  /// The value at `pointer` of the native form was written at `from`: faults name that line, and it stays secret if
  /// that is.
  void Mark(std::string pointer, std::string from) { marks_.emplace_back(std::move(pointer), std::move(from)); }
  /// A name that `section` has not yet: `base`, "base-2" …
  std::string FreeName(const std::string& section, const std::string& base) const;

  /// What was put into `section` so far: a map.
  const Json& Entries(const std::string& section) const;

  void Apply(Document& document) &&;

 private:
  bool Has(const std::string& section, const std::string& name) const;

  const Document& document_;
  std::map<std::string, Json, std::less<>> sections_;
  std::vector<std::pair<std::string, Json>> inserted_;
  std::vector<std::pair<std::string, std::string>> marks_;
};

/// A map of the native form in the making.
class Twig {
 public:
  /// \param pointer  where it will stand.
  Twig(Graft& graft, std::string pointer) : graft_(graft), pointer_(std::move(pointer)) {}

  /// \param from  where the value was written.
  void Set(std::string_view key, Json value, const std::string& from) {
    json_[std::string(key)] = std::move(value);
    graft_.Mark(At(key), from);
  }
  /// What nobody wrote.
  void Set(std::string_view key, Json value) { json_[std::string(key)] = std::move(value); }
  Twig Below(std::string_view key) const { return {graft_, At(key)}; }

  Json Take() && { return std::move(json_); }
  Graft& graft() const { return graft_; }
  const std::string& pointer() const { return pointer_; }

 private:
  std::string At(std::string_view key) const;

  Graft& graft_;
  const std::string pointer_;
  Json json_ = Json::object();
};

}  // namespace sluice::config
