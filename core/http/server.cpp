// SPDX-License-Identifier: MIT
#include "core/http/server.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>

#include "core/http/acceptor.hpp"
#include "core/http/client_address.hpp"
#include "core/http/connection_table.hpp"
#include "core/http/service.hpp"
#include "core/http/worker_gate.hpp"
#include "core/net/event.hpp"
#include "core/net/file_descriptor.hpp"
#include "core/net/signals_blocked.hpp"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;

// Tokens of what is no connection: generation 0.
constexpr std::uint64_t kStopToken = 0;
constexpr std::uint64_t kTimerToken = 1;
constexpr std::uint64_t kWakeToken = 2;
constexpr std::uint64_t kFirstListenerToken = 3;

constexpr milliseconds kLingerLimit{2'000};
constexpr milliseconds kMinTick{5};
constexpr milliseconds kMaxTick{250};

ConnectionTable::Limits LimitsOf(const ServerOptions& options) {
  return {options.idle_timeout, options.head_timeout, options.body_timeout,  options.body_timeout,
          kLingerLimit,         options.head_timeout, options.write_timeout, kLookAround};
}

/// Time limits may be late by a tick: an eighth of the shortest.
milliseconds TickOf(const ServerOptions& options) {
  return std::clamp(
      std::min({options.idle_timeout, options.head_timeout, options.body_timeout, options.write_timeout}) / 8, kMinTick,
      kMaxTick);
}

std::size_t WorkersOf(const ServerOptions& options) { return std::max(options.workers, 1U); }

/// One more than one where there is one processor: a worker that is held up is noticed after some milliseconds.
std::size_t Present() { return std::max(std::thread::hardware_concurrency(), 2U); }

std::vector<StartFault> OfServer(std::string message) { return {{.listener = {}, .message = std::move(message)}}; }

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler, prometheus::Registry& registry)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        metrics_(registry),
        table_(epoll_.get(), options_.listeners.size(), LimitsOf(options_)) {}

  ~Impl() { Stop(); }

  std::vector<StartFault> Start() {
    if (epoll_.get() < 0 || !stop_ || timer_.get() < 0) {
      return OfServer("epoll, eventfd or timerfd: " + std::generic_category().message(errno));
    }
    auto proxies = TrustedProxies::Parse(options_.trusted_proxies);
    if (!proxies) return OfServer(proxies.error().message);
    proxies_ = std::move(proxies).value();
    if (auto faults = Bind(); !faults.empty()) {
      acceptors_.clear();
      return faults;
    }
    Watch(stop_.fd(), EPOLLIN, kStopToken);
    // Edge-triggered: each tick wakes one worker.
    Watch(timer_.get(), EPOLLIN | EPOLLET, kTimerToken);
    Watch(table_.wake_fd(), EPOLLIN, kWakeToken);
    StartTimer();
    for (auto& acceptor : acceptors_) acceptor->Arm();
    return StartWorkers();
  }

  std::uint16_t Port(std::string_view listener) const {
    for (const auto& acceptor : acceptors_) {
      if (acceptor->name() == listener) return acceptor->port();
    }
    return 0;
  }

  bool Drain(milliseconds grace) {
    draining_ = true;
    for (auto& acceptor : acceptors_) acceptor->Close();
    table_.CloseIdle();
    return table_.WaitUntilEmpty(ConnectionTable::Clock::now() + grace);
  }

  void Stop() {
    draining_ = true;
    stopping_ = true;
    for (auto& acceptor : acceptors_) acceptor->Close();
    stop_.Signal();
    gate_.Stop();
    table_.ShutdownAll();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
    ConnectionService service(context_, handler_, table_);
    for (auto* const connection : table_.ClaimSuspended()) service.Serve(*connection);
    table_.WaitUntilReclaimed();
    table_.CloseAll();
    for (auto& acceptor : acceptors_) acceptor->Tick(table_);
  }

  const ConnectionTable& table() const { return table_; }

 private:
  std::vector<StartFault> Bind() {
    std::vector<StartFault> faults;
    for (std::size_t i = 0; i < options_.listeners.size(); ++i) {
      acceptors_.push_back(std::make_unique<Acceptor>(options_.listeners[i], static_cast<std::uint16_t>(i),
                                                      kFirstListenerToken + i, epoll_.get(), metrics_));
      acceptors_.back()->Bind(faults);
    }
    return faults;
  }

  std::vector<StartFault> StartWorkers() {
    const net::SignalsBlocked blocked;
    try {
      for (std::size_t i = 0; i < WorkersOf(options_); ++i) {
        workers_.emplace_back([this, i] { Work(i); });
        ::pthread_setname_np(workers_.back().native_handle(), "http-worker");
      }
    } catch (const std::system_error& error) {
      Stop();
      return OfServer(std::string("worker threads: ") + error.what());
    }
    return {};
  }

  void Watch(int fd, std::uint32_t events, std::uint64_t token) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = token;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void StartTimer() {
    const auto tick = TickOf(options_);
    itimerspec spec{};
    spec.it_interval.tv_nsec = std::chrono::nanoseconds(tick).count();
    spec.it_value = spec.it_interval;
    ::timerfd_settime(timer_.get(), 0, &spec, nullptr);
  }

  void Work(std::size_t index) {
    ConnectionService service(context_, handler_, table_);
    WorkerGate::Worker worker(gate_, index);
    while (worker.AwaitTurn()) {
      // One event at a time: a handler may block, and what it had taken along would wait for it.
      epoll_event event{};
      if (::epoll_wait(epoll_.get(), &event, 1, -1) <= 0) continue;
      const auto token = event.data.u64;
      if (token == kStopToken) return;  // left readable, for the other workers
      worker.Begin();
      if (token == kTimerToken) {
        Tick(service);
      } else if (token == kWakeToken) {
        if (auto* const connection = table_.ClaimWoken()) service.Serve(*connection);
      } else if (token < kFirstListenerToken + acceptors_.size()) {
        acceptors_[static_cast<std::size_t>(token - kFirstListenerToken)]->Accept(table_, proxies_);
      } else if (auto* const connection = table_.Claim(token)) {
        service.Serve(*connection);
      }
    }
  }

  void Tick(ConnectionService& service) {
    std::uint64_t ticks = 0;
    [[maybe_unused]] const auto size = ::read(timer_.get(), &ticks, sizeof ticks);
    for (auto* const connection : table_.ClaimExpired(ConnectionTable::Clock::now())) service.Expire(*connection);
    for (auto& acceptor : acceptors_) acceptor->Tick(table_);
  }

  const ServerOptions options_;
  const Handler handler_;
  Metrics metrics_;
  TrustedProxies proxies_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> stopping_ = false;
  const net::FileDescriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  const net::Event stop_ = net::Event::Make();
  const net::FileDescriptor timer_{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  std::atomic<std::size_t> unsent_bytes_ = 0;  ///< Connections take theirs off when they end.
  ConnectionTable table_;
  WorkerGate gate_{WorkersOf(options_), Present()};
  std::atomic<std::size_t> collected_bytes_ = 0;
  const ExchangeContext context_{options_,  proxies_,  metrics_,         table_,
                                 draining_, stopping_, collected_bytes_, unsent_bytes_};
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::thread> workers_;
};

Server::Server(ServerOptions options, Handler handler, prometheus::Registry& registry)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), registry)) {}
Server::~Server() = default;

std::vector<StartFault> Server::Start() { return impl_->Start(); }
std::uint16_t Server::Port(std::string_view listener) const { return impl_->Port(listener); }
bool Server::Drain(std::chrono::milliseconds grace) { return impl_->Drain(grace); }
void Server::Stop() { impl_->Stop(); }
std::size_t Server::connections() const { return impl_->table().open(); }
std::size_t Server::parked() const { return impl_->table().parked(); }

}  // namespace sluice::http
