// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pipes for splice(2), lent while octets are in them.

#include <chrono>
#include <cstddef>
#include <vector>

#include "core/net/file_descriptor.hpp"

namespace sluice::relay {

/// Both ends of a pipe. Invalid when default-made.
struct Pipe {
  net::FileDescriptor in;   ///< Octets enter here.
  net::FileDescriptor out;  ///< And leave here.
  std::size_t capacity = 0;

  explicit operator bool() const { return static_cast<bool>(in); }
};

/// An unprivileged user may hold 64 MiB of pipes in all (pipe(7), fs.pipe-user-pages-soft): a few large ones are made,
/// then ones of the usual size, then none. Threads: one at a time.
class PipePool {
 public:
  static constexpr std::size_t kLargeBytes = 1024 * 1024;
  /// After which the kernel is asked again for what it has refused.
  static constexpr std::chrono::seconds kRefusalHolds{10};

  /// \param large  how many pipes get kLargeBytes, unless the kernel refuses sooner. \param most  how many there are at
  /// all.
  PipePool(std::size_t large, std::size_t most) : most_large_(large), large_(large), most_(most) {}

  /// The largest that is free. \returns  an invalid one when all are lent, or the kernel has none.
  Pipe Take(std::chrono::steady_clock::time_point now);
  /// \param pipe  empty.
  void Give(Pipe pipe);
  /// For a pipe that cannot be given back, because octets are left in it.
  void Destroy(Pipe pipe);

 private:
  Pipe Make(std::chrono::steady_clock::time_point now);

  const std::size_t most_large_;
  std::size_t large_;  ///< Fewer than that for a while after the kernel has refused one.
  std::chrono::steady_clock::time_point refused_at_{};
  const std::size_t most_;
  std::size_t made_ = 0;
  std::size_t made_large_ = 0;
  std::vector<Pipe> free_;
  std::vector<Pipe> free_large_;
};

}  // namespace sluice::relay
