// SPDX-License-Identifier: MIT
#include "core/relay/lane.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "core/net/signals_blocked.hpp"
#include "core/relay/resumer.hpp"

namespace sluice::relay {
namespace {

constexpr std::size_t kLargePipes = 16;
constexpr std::size_t kBufferBytes = 128 * 1024;
constexpr std::chrono::milliseconds kSweepInterval{250};

// Tokens: the stream's id, and whose descriptor it is. Ids start at 1.
constexpr std::uint64_t kMailToken = 0;
std::uint64_t TokenOf(std::uint64_t id, bool upstream) { return id << 1U | (upstream ? 1U : 0U); }

}  // namespace

Lane::Lane(Resumer& resumer, std::size_t pipes)
    : resumer_(resumer),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      mailbox_(net::Event::Make()),
      pipes_(kLargePipes, pipes),
      buffer_(kBufferBytes) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kMailToken;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_.fd(), &event);
  // A client that hangs up while octets are spliced to it raises SIGPIPE.
  const net::SignalsBlocked blocked;
  thread_ = std::thread([this] { Run(); });
  ::pthread_setname_np(thread_.native_handle(), "relay");
}

void Lane::Add(Job job) {
  const auto now = Clock::now();
  Mail mail{.id = 0, .stream = std::make_unique<Stream>(std::move(job), now), .rest = {}};
  mail.stream->Begin(now);
  if (!Post(mail)) Tell(*mail.stream);
}

void Lane::Resumed(std::uint64_t id, std::optional<Body> rest) {
  Mail mail{.id = id, .stream = nullptr, .rest = std::move(rest)};
  Post(mail);  // a lane that stops has ended the stream
}

bool Lane::Post(Mail& mail) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  mail_.push_back(std::move(mail));
  if (mail_.size() > 1) return true;  // the thread has been woken for the others
  mailbox_.Signal();
  return true;
}

void Lane::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    mailbox_.Signal();
  }
  if (thread_.joinable()) thread_.join();
}

void Lane::Run() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    Wait();
    WakeSleepers();
    RunTurns();
    if (now_ >= next_sweep_) Sweep();
  }
  TakeMail();
  while (!entries_.empty()) Finish(entries_.begin(), End::kStopped);
}

void Lane::Wait() {
  auto until = next_sweep_;
  if (!sleepers_.empty()) until = std::min(until, sleepers_.front().first);
  int timeout = -1;
  if (!turns_.empty()) {
    timeout = 0;
  } else if (!entries_.empty()) {
    timeout = static_cast<int>(
        std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count(), 0));
  }
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
  now_ = Clock::now();
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kMailToken) {
      TakeMail();
    } else {
      Note(event.data.u64, event.events);
    }
  }
}

void Lane::TakeMail() {
  std::vector<Mail> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(mail_);
    mailbox_.Clear();
  }
  for (auto& mail : taken) Take(std::move(mail));
}

void Lane::Take(Mail mail) {
  if (mail.stream) {
    const auto id = ++last_id_;
    auto& entry = entries_[id];
    entry.stream = std::move(mail.stream);
    Watch(id, *entry.stream, false);
    Watch(id, *entry.stream, true);
    Queue(id, entry);
    return;
  }
  const auto at = entries_.find(mail.id);
  if (at == entries_.end()) return;  // the client left meanwhile
  auto& entry = at->second;
  if (!mail.rest) return Finish(at, End::kUpstreamBroke);
  entry.resuming.reset();
  entry.stream->Resume(std::move(*mail.rest), now_);
  Watch(mail.id, *entry.stream, true);
  Queue(mail.id, entry);
}

void Lane::Watch(std::uint64_t id, const Stream& stream, bool upstream) {
  const int fd = upstream ? stream.upstream_fd() : stream.client_fd();
  if (fd < 0) return;
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLET;
  // TLS may have to read in order to write, and the other way round.
  if (!upstream || stream.secure_upstream()) event.events |= EPOLLOUT;
  if (upstream || stream.secure_client()) event.events |= EPOLLIN;
  event.data.u64 = TokenOf(id, upstream);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void Lane::Forget(int fd) {
  if (fd >= 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Lane::Note(std::uint64_t token, std::uint32_t events) {
  const auto at = entries_.find(token >> 1U);
  if (at == entries_.end()) return;
  auto& [id, entry] = *at;
  if ((token & 1U) != 0) {
    entry.stream->UpstreamReady();
  } else {
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) return Finish(at, End::kClientGone);
    entry.stream->ClientReady();
  }
  Queue(id, entry);
}

void Lane::Queue(std::uint64_t id, Entry& entry) {
  if (entry.resuming || std::exchange(entry.queued, true)) return;
  turns_.push_back(id);
}

void Lane::RunTurns() {
  Workspace workspace{pipes_, buffer_, now_};
  std::vector<std::uint64_t> turns;
  turns.swap(turns_);
  for (const auto id : turns) {
    const auto at = entries_.find(id);
    if (at == entries_.end()) continue;
    auto& entry = at->second;
    entry.queued = false;
    switch (entry.stream->Advance(workspace)) {
      case Stream::Turn::kWaiting:
        break;
      case Stream::Turn::kAgain:
        Queue(id, entry);
        break;
      case Stream::Turn::kSleeping:
        sleepers_.emplace_back(entry.stream->wake_at(), id);
        std::push_heap(sleepers_.begin(), sleepers_.end(), std::greater<>());
        break;
      case Stream::Turn::kEnded:
        Finish(at, entry.stream->end());
        break;
      case Stream::Turn::kBroke:
        StartResume(id, entry);
        break;
    }
  }
}

void Lane::StartResume(std::uint64_t id, Entry& entry) {
  auto& resume = entry.stream->job().resume;
  if (!resume || !entry.stream->MayResume()) return Finish(entries_.find(id), End::kUpstreamBroke);
  Forget(entry.stream->upstream_fd());
  entry.resuming = std::make_shared<std::atomic<bool>>(false);
  resumer_.Start(
      {.resume = resume, .sent = entry.stream->bytes(), .lane = this, .id = id, .cancelled = entry.resuming});
}

void Lane::WakeSleepers() {
  while (!sleepers_.empty() && sleepers_.front().first <= now_) {
    std::pop_heap(sleepers_.begin(), sleepers_.end(), std::greater<>());
    const auto id = sleepers_.back().second;
    sleepers_.pop_back();
    if (const auto at = entries_.find(id); at != entries_.end()) Queue(id, at->second);
  }
}

void Lane::Sweep() {
  next_sweep_ = now_ + kSweepInterval;
  std::vector<std::pair<std::uint64_t, End>> stalled;
  for (auto& [id, entry] : entries_) {
    End end{};
    Report(entry);
    if (!entry.resuming && entry.stream->Stalled(now_, end)) stalled.emplace_back(id, end);
  }
  for (const auto& [id, end] : stalled) Finish(entries_.find(id), end);
}

void Lane::Report(Entry& entry) {
  const auto bytes = entry.stream->bytes();
  if (bytes == entry.reported) return;
  if (entry.stream->job().progress) entry.stream->job().progress(entry.stream->mode(), bytes - entry.reported);
  entry.reported = bytes;
}

void Lane::Finish(Entries::iterator at, End end) {
  auto node = entries_.extract(at);
  auto& entry = node.mapped();
  auto& stream = *entry.stream;
  Workspace workspace{pipes_, buffer_, now_};
  Forget(stream.client_fd());
  if (entry.resuming) {
    entry.resuming->store(true);
  } else {
    Forget(stream.upstream_fd());
  }
  stream.Leave(workspace, end);
  Report(entry);
  Tell(stream);
  if (stream.end() == End::kComplete) stream.CompleteClient();
}

void Lane::Tell(Stream& stream) {
  if (stream.job().done) stream.job().done({.end = stream.end(), .mode = stream.mode(), .bytes = stream.bytes()});
}

}  // namespace sluice::relay
