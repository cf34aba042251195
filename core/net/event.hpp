// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Event: a descriptor to wait for, which another thread makes readable (eventfd(2)).

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "core/net/file_descriptor.hpp"

namespace sluice::net {

/// Threads: [any], but for moving.
class Event {
 public:
  enum class Clearing : int { kAll = 0, kOneSignal = EFD_SEMAPHORE };

  Event() = default;  ///< None.
  /// \param clearing  what Clear takes back. \returns  none: out of descriptors.
  static Event Make(Clearing clearing = Clearing::kAll) {
    Event event;
    event.fd_.Reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | static_cast<int>(clearing)));
    return event;
  }

  /// For poll and epoll; -1: none.
  int fd() const { return fd_.get(); }
  explicit operator bool() const { return static_cast<bool>(fd_); }

  /// fd() can be read from here on.
  void Signal() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd(), &one, sizeof one);  // cannot fail: the count is far from full
  }
  void Clear() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(fd(), &count, sizeof count);
  }

 private:
  FileDescriptor fd_;
};

}  // namespace sluice::net
