// SPDX-License-Identifier: MIT
#include "core/relay/pipe_pool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace sluice::relay {

Pipe PipePool::Take(std::chrono::steady_clock::time_point now) {
  if (large_ < most_large_ && now - refused_at_ >= kRefusalHolds) large_ = most_large_;
  auto& from = free_large_.empty() && made_large_ >= large_ ? free_ : free_large_;
  if (from.empty()) return Make(now);
  auto pipe = std::move(from.back());
  from.pop_back();
  return pipe;
}

void PipePool::Give(Pipe pipe) {
  auto& to = pipe.capacity >= kLargeBytes ? free_large_ : free_;
  to.push_back(std::move(pipe));
}

void PipePool::Destroy(Pipe pipe) {
  --made_;
  if (pipe.capacity >= kLargeBytes) --made_large_;
}

Pipe PipePool::Make(std::chrono::steady_clock::time_point now) {
  std::array<int, 2> ends{};
  if (made_ >= most_ || ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return {};
  Pipe pipe{.in = net::FileDescriptor(ends[1]), .out = net::FileDescriptor(ends[0])};
  ++made_;
  // Refused beyond fs.pipe-max-size or the user's share: then it stays as it is.
  if (made_large_ < large_) ::fcntl(pipe.in.get(), F_SETPIPE_SZ, static_cast<int>(kLargeBytes));
  const int capacity = ::fcntl(pipe.in.get(), F_GETPIPE_SZ);
  pipe.capacity = capacity > 0 ? static_cast<std::size_t>(capacity) : 0;
  if (pipe.capacity >= kLargeBytes) {
    ++made_large_;
  } else if (made_large_ < large_) {
    large_ = made_large_;  // asked for more, Take would make ever new pipes and lend none of the free ones
    refused_at_ = now;
  }
  return pipe;
}

}  // namespace sluice::relay
