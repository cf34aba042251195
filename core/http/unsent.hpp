// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Unsent: what is left of a response for a client that reads slowly.

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::http {

/// What all connections of a server keep counts together, so that slow clients cannot take all memory. Threads: one at
/// a time; the total is shared.
class Unsent {
 public:
  /// Of all connections. What one keeps alone may be more: somebody held it whole anyway.
  static constexpr std::size_t kMaxTotalBytes = 256 * 1024 * 1024;

  Unsent() = default;
  ~Unsent() { Consume(size()); }
  Unsent(const Unsent&) = delete;
  Unsent& operator=(const Unsent&) = delete;

  bool empty() const { return size() == 0; }
  std::size_t size() const { return text_.size() - gone_; }
  std::string_view view() const { return std::string_view(text_).substr(gone_); }

  /// Makes room in `total`, the same for each call, for octets that Append will bring.
  /// \returns  false: too much is kept already.
  bool Reserve(std::size_t bytes, std::atomic<std::size_t>& total) {
    total_ = &total;
    const auto all = total += bytes;
    if (all <= kMaxTotalBytes || all == size() + bytes) return true;
    total -= bytes;
    return false;
  }
  /// \pre  as many were reserved.
  void Append(std::string_view octets) { text_.append(octets); }
  /// The first octets have been sent. When none are left, their memory is given back.
  void Consume(std::size_t bytes) {
    if (total_ != nullptr) *total_ -= bytes;
    gone_ += bytes;
    if (gone_ < text_.size()) return;
    std::string().swap(text_);
    gone_ = 0;
  }

 private:
  std::string text_;
  std::size_t gone_ = 0;  ///< Of `text_`.
  std::atomic<std::size_t>* total_ = nullptr;
};

}  // namespace sluice::http
