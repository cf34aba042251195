// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PrefixedBody: a body whose first octets have been looked at already.

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "core/upstream/client.hpp"

namespace sluice::pipeline {

/// Threads: one at a time.
class PrefixedBody final : public upstream::Body {
 public:
  PrefixedBody(std::string prefix, std::unique_ptr<upstream::Body> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
    if (given_ == prefix_.size()) return rest_->Read(buffer);
    const auto size = std::min(buffer.size(), prefix_.size() - given_);
    std::memcpy(buffer.data(), prefix_.data() + given_, size);
    given_ += size;
    return size;
  }
  std::uint64_t ready_bytes() const override { return prefix_.size() - given_ + rest_->ready_bytes(); }

  /// Takes it apart, nothing having been read.
  std::pair<std::string, std::unique_ptr<upstream::Body>> Split() { return {std::move(prefix_), std::move(rest_)}; }

 private:
  std::string prefix_;
  std::size_t given_ = 0;
  std::unique_ptr<upstream::Body> rest_;
};

}  // namespace sluice::pipeline
