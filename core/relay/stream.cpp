// SPDX-License-Identifier: MIT
#include "core/relay/stream.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::relay {
namespace {

/// After as much, other streams of the thread come first.
constexpr std::size_t kTurnBytes = 4 * 1024 * 1024;
/// What a read of the upstream's head may have brought of the body.
constexpr std::size_t kBeginBytes = 16 * 1024;
constexpr std::size_t kMinAppetite = 16 * 1024;
constexpr std::size_t kMaxAppetite = PipePool::kLargeBytes;
/// What a slow client leaves in a pipe goes into memory up to here, so that the pipe is free for others.
constexpr std::size_t kKeepBytes = 8 * 1024;
/// An origin that breaks off at once, each time that it is asked for the rest, would be asked for ever.
constexpr unsigned kFruitlessResumes = 3;
constexpr std::uint64_t kFruitBytes = 64 * 1024;

}  // namespace

Stream::Stream(Job job, Clock::time_point now)
    : job_(std::move(job)),
      inlet_(std::move(job_.body)),
      outlet_(std::move(job_.client)),
      rate_(job_.bytes_per_second, now),
      appetite_(kMaxAppetite / 4),
      progress_at_(now),
      mode_(ModeOf()) {}

Mode Stream::ModeOf() const {
  if (inlet_.secure() || outlet_.secure()) return Mode::kTls;
  return inlet_.plain() ? Mode::kSplice : Mode::kBuffered;
}

void Stream::Begin(Clock::time_point now) {
  if (!job_.prefix.empty() || !inlet_.holds_plain()) return;
  std::array<std::byte, kBeginBytes> room;
  const auto most = std::min<std::uint64_t>(rate_.Allowed(now), room.size());
  std::size_t size = 0;
  if (inlet_.Read(std::span(room).first(static_cast<std::size_t>(most)), size) != Got::kData || size == 0) return;
  rate_.Spend(size);
  Send(std::span(room).first(size));  // a client that is gone is noticed at the next turn
}

Stream::Turn Stream::Advance(Workspace& workspace) {
  std::size_t moved = 0;
  while (true) {
    switch (Drain(workspace)) {
      case Flow::kBlocked:
        Park(workspace);
        return Turn::kWaiting;
      case Flow::kClientGone:
        end_ = End::kClientGone;
        return Turn::kEnded;
      default:
        break;
    }
    if (upstream_done_) {
      end_ = End::kComplete;
      return Turn::kEnded;
    }
    if (!upstream_ready_ || moved >= kTurnBytes) break;
    // To find the end takes no octets: a client that has them all must not wait for it.
    const auto allowed = inlet_.left() == 0 ? 1 : rate_.Allowed(workspace.now);
    if (allowed == 0) {
      wake_at_ = rate_.NextTurn(workspace.now);
      GivePipeBack(workspace);
      return Turn::kSleeping;
    }
    const auto before = bytes_;
    const auto flow = Take(workspace, static_cast<std::size_t>(std::min<std::uint64_t>(allowed, appetite_)));
    rate_.Spend(bytes_ - before);
    moved += bytes_ - before;
    if (flow == Flow::kClientGone) {
      end_ = End::kClientGone;
      return Turn::kEnded;
    }
    if (flow == Flow::kBroken) {
      end_ = End::kUpstreamBroke;
      GivePipeBack(workspace);
      return Turn::kBroke;
    }
    if (flow == Flow::kEnd) {
      upstream_done_ = true;
      outlet_.End(Trailers());
    }
  }
  GivePipeBack(workspace);
  return upstream_ready_ ? Turn::kAgain : Turn::kWaiting;
}

/// What was taken leaves first.
Stream::Flow Stream::Drain(Workspace& workspace) {
  if (!outlet_.blocked() && in_pipe_ == 0) return Flow::kMoved;
  if (!client_ready_) return Flow::kBlocked;
  const auto held = in_pipe_;
  const auto kept = outlet_.pending_bytes();
  auto put = outlet_.Flush();
  if (put == Put::kDone && in_pipe_ > 0) put = outlet_.Splice(pipe_.out.get(), in_pipe_);
  if (put == Put::kBroken) return Flow::kClientGone;
  if (in_pipe_ < held || outlet_.pending_bytes() < kept) progress_at_ = workspace.now;
  if (put == Put::kDone) {
    if (held > 0) appetite_ = std::min(appetite_ * 2, kMaxAppetite);
    return Flow::kMoved;
  }
  client_ready_ = false;
  if (held > 0) appetite_ = std::max(held - in_pipe_, kMinAppetite);
  return Flow::kBlocked;
}

Stream::Flow Stream::Take(Workspace& workspace, std::size_t most) {
  if (!job_.prefix.empty()) return TakePrefix();
  if (mode_ == Mode::kSplice && inlet_.spliceable()) return TakeBySplice(workspace, most);
  return TakeByCopy(workspace, most);
}

Stream::Flow Stream::TakePrefix() {
  const auto prefix = std::exchange(job_.prefix, {});
  return Send(std::as_bytes(std::span(prefix)));
}

Stream::Flow Stream::After(Got got, Clock::time_point now) {
  switch (got) {
    case Got::kBlocked:
      upstream_ready_ = inlet_.fd() < 0;  // a file is always ready: it was the pipe that had no room
      return Flow::kBlocked;
    case Got::kEnd:
      return Flow::kEnd;
    case Got::kBroken:
      return Flow::kBroken;
    case Got::kData:
      break;
  }
  progress_at_ = now;
  return Flow::kMoved;
}

Stream::Flow Stream::TakeBySplice(Workspace& workspace, std::size_t most) {
  if (!pipe_) pipe_ = workspace.pipes.Take(workspace.now);
  if (!pipe_) return TakeByCopy(workspace, std::min(most, kKeepBytes));
  std::size_t size = 0;
  const auto got = inlet_.Splice(pipe_.in.get(), std::min(most, pipe_.capacity), size);
  const auto flow = After(got, workspace.now);
  if (flow != Flow::kMoved) return flow;
  bytes_ += size;
  in_pipe_ = size;
  outlet_.Announce(size);
  return flow;
}

Stream::Flow Stream::TakeByCopy(Workspace& workspace, std::size_t most) {
  std::size_t size = 0;
  const auto got = inlet_.Read(workspace.buffer.first(std::min(most, workspace.buffer.size())), size);
  const auto flow = After(got, workspace.now);
  if (flow != Flow::kMoved || size == 0) return flow;
  return Send(workspace.buffer.first(size));
}

Stream::Flow Stream::Send(std::span<const std::byte> data) {
  bytes_ += data.size();
  const auto put = outlet_.Write(data);
  if (put == Put::kBroken) return Flow::kClientGone;
  if (put == Put::kBlocked) {
    client_ready_ = false;
    appetite_ = std::max(appetite_ / 2, kMinAppetite);
  } else {
    appetite_ = std::min(appetite_ * 2, kMaxAppetite);
  }
  return Flow::kMoved;
}

std::string Stream::Trailers() const {
  std::string lines;
  if (job_.trailer && outlet_.takes_trailers()) http::AppendTrailers(inlet_.trailers(), job_.trailer, lines);
  return lines;
}

void Stream::Park(Workspace& workspace) {
  if (in_pipe_ > 0 && in_pipe_ <= kKeepBytes) {
    std::array<char, kKeepBytes> rest;
    const auto got = ::read(pipe_.out.get(), rest.data(), in_pipe_);
    if (got > 0) {
      outlet_.Keep({rest.data(), static_cast<std::size_t>(got)});
      in_pipe_ -= static_cast<std::size_t>(got);
    }
  }
  GivePipeBack(workspace);
}

void Stream::GivePipeBack(Workspace& workspace) {
  if (pipe_ && in_pipe_ == 0) workspace.pipes.Give(std::exchange(pipe_, {}));
}

void Stream::Leave(Workspace& workspace, End end) {
  if (end_ != End::kComplete) end_ = end;
  if (end_ == End::kComplete) inlet_.Finish();
  if (pipe_ && in_pipe_ > 0) workspace.pipes.Destroy(std::exchange(pipe_, {}));
  GivePipeBack(workspace);
}

bool Stream::MayResume() {
  const bool fruitful = bytes_ - resumed_at_ >= kFruitBytes;
  fruitless_resumes_ = fruitful ? 0 : fruitless_resumes_ + 1;
  resumed_at_ = bytes_;
  return fruitless_resumes_ <= kFruitlessResumes;
}

void Stream::Resume(Inlet::Body rest, Clock::time_point now) {
  inlet_.Replace(std::move(rest));
  progress_at_ = now;
  upstream_ready_ = true;
  end_ = End::kStopped;
}

bool Stream::Stalled(Clock::time_point now, End& end) const {
  const bool client = outlet_.blocked() || in_pipe_ > 0;
  end = client ? End::kClientStalled : End::kUpstreamStalled;
  return now - progress_at_ >= (client ? outlet_.write_timeout() : job_.read_timeout);
}

}  // namespace sluice::relay
