// SPDX-License-Identifier: MIT
#include "core/upstream/dns.hpp"

#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "core/net/absence.hpp"
#include "core/net/signals_blocked.hpp"

namespace sluice::upstream {
namespace {

class SystemResolver final : public Resolver {
 public:
  sdk::Result<std::vector<net::IpAddress>> Resolve(const std::string& host) override {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (failed != 0) {
      const auto* why = failed == EAI_AGAIN ? ": the name service does not answer" : ": want a name that resolves";
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + why};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
    std::vector<net::IpAddress> addresses;
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
      const auto address = net::IpAddress::FromSockaddr(entry->ai_addr);
      // Something that cannot be judged must not be skipped: the rest may be there to hide it.
      if (!address) {
        return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                          .message = host + ": want IPv4 or IPv6 addresses without zone"};
      }
      if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) addresses.push_back(*address);
    }
    if (addresses.empty()) {
      return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = host + ": want a name that resolves"};
    }
    return addresses;
  }
};

}  // namespace

std::unique_ptr<Resolver> MakeSystemResolver() { return std::make_unique<SystemResolver>(); }

/// Kept alive by the threads, too: one may be stuck in getaddrinfo when everybody else has gone.
struct NameService::State {
  using Answer = sdk::Result<std::vector<net::IpAddress>>;
  struct Lookup {
    std::optional<Answer> answer;
    std::condition_variable done;
  };
  struct Entry {
    std::vector<net::IpAddress> addresses;
    Clock::time_point until;
    std::list<std::string>::iterator age;
  };

  /// A remembered answer, or null.
  const std::vector<net::IpAddress>* Find(const std::string& host) const {
    const auto known = entries.find(host);
    return known != entries.end() && Clock::now() < known->second.until ? &known->second.addresses : nullptr;
  }

  void Keep(const std::string& host, const std::vector<net::IpAddress>& addresses) {
    if (const auto known = entries.find(host); known != entries.end()) {
      oldest_first.erase(known->second.age);
      entries.erase(known);
    } else if (entries.size() >= kMaxNames) {
      entries.erase(oldest_first.front());
      oldest_first.pop_front();
    }
    oldest_first.push_back(host);
    entries.emplace(host, Entry{addresses, Clock::now() + time_to_live, std::prev(oldest_first.end())});
  }

  /// What each thread does.
  void Serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      ++idle;
      work.wait(lock, [&] { return stopping || !waiting.empty(); });
      --idle;
      if (stopping) break;
      const auto host = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      auto answer = source->Resolve(host);
      lock.lock();
      if (answer) Keep(host, *answer);
      const auto lookup = lookups.extract(host);
      lookup.mapped()->answer = std::move(answer);
      lookup.mapped()->done.notify_all();
    }
    if (idle == 0) stopped.notify_all();
  }

  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable stopped;
  std::unique_ptr<Resolver> source;
  std::chrono::milliseconds time_to_live{};
  std::map<std::string, std::shared_ptr<Lookup>> lookups;
  std::deque<std::string> waiting;
  std::map<std::string, Entry> entries;
  std::list<std::string> oldest_first;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool stopping = false;
};

bool NameService::StartThread(const std::shared_ptr<State>& state) {
  try {
    const net::SignalsBlocked blocked;
    std::thread([state] { state->Serve(); }).detach();
    ++state->threads;  // under the lock, which the thread waits for
    return true;
  } catch (const std::system_error&) {
    return false;  // as many threads as the process may have
  }
}

NameService::NameService(std::unique_ptr<Resolver> source, std::chrono::milliseconds time_to_live)
    : state_(std::make_shared<State>()) {
  state_->source = std::move(source);
  state_->time_to_live = time_to_live;
}

NameService::~NameService() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->work.notify_all();
  state_->stopped.wait(lock, [&] { return state_->idle == 0; });
}

Tried<std::vector<net::IpAddress>> NameService::Resolve(const std::string& host, const sdk::Call& call,
                                                        Clock::time_point deadline) {
  std::unique_lock lock(state_->mutex);
  if (const auto* known = state_->Find(host)) return *known;
  auto& shared = state_->lookups[host];
  if (!shared) {
    if (state_->waiting.size() >= kMaxWaiting) {
      state_->lookups.erase(host);
      return Failure{Reason::kDns, sdk::Errc::kUpstreamFailed, host + ": too many names are being looked up"};
    }
    shared = std::make_shared<State::Lookup>();
    state_->waiting.push_back(host);
    const bool wanted = state_->idle < state_->waiting.size() && state_->threads < kMaxThreads;
    if (wanted && !StartThread(state_) && state_->threads == 0) {
      state_->waiting.pop_back();
      state_->lookups.erase(host);
      return Failure{Reason::kDns, sdk::Errc::kUpstreamFailed, host + ": no thread can look it up"};
    }
    state_->work.notify_one();
  }
  const auto lookup = shared;
  const net::Absence absence;
  while (!lookup->answer) {
    if (call.cancelled()) return Failure{Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"};
    const auto now = Clock::now();
    if (now >= deadline) {
      return Failure{Reason::kTimeout, sdk::Errc::kDeadlineExceeded, host + ": want its addresses in time"};
    }
    lookup->done.wait_until(lock, std::min(deadline, now + kLookAround));
  }
  if (*lookup->answer) return **lookup->answer;
  return Failure{Reason::kDns, lookup->answer->error().code, lookup->answer->error().message};
}

std::size_t NameService::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->entries.size();
}

}  // namespace sluice::upstream
