// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HeadEdit over a list of header fields.

#include <sluice/sdk/filter.hpp>
#include <string>
#include <vector>

#include "core/upstream/fields.hpp"

namespace sluice::pipeline {

class VectorEdit final : public sdk::HeadEdit {
 public:
  /// \param names  what was set is written down here; may be null.
  explicit VectorEdit(std::vector<sdk::Header>& headers, std::vector<std::string>* names = nullptr)
      : headers_(headers), names_(names) {}
  void Set(std::string_view name, std::string_view value) override {
    Remove(name);
    headers_.push_back({std::string(name), std::string(value)});
    if (names_ != nullptr) names_->emplace_back(name);
  }
  void Remove(std::string_view name) override { upstream::DropField(headers_, name); }

 private:
  std::vector<sdk::Header>& headers_;
  std::vector<std::string>* const names_;
};

}  // namespace sluice::pipeline
