// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The host's sessions for tests: in memory, by the fake clock.

#include <sluice/sdk/services.hpp>
#include <sluice/sdk/testing/fake_services.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// Sessions of one component, by default "test", which sees all that others opened. Tokens are "session-token-" and a
/// number, padded to 43 characters. Threads: [any].
class FakeSessions final : public SessionsService {
 public:
  explicit FakeSessions(const FakeClock& clock) : clock_(clock) {}

  /// Opens one in another component's name. \returns  its token.
  std::string OpenFor(std::string owner, Session session) {
    const std::lock_guard lock(mutex_);
    return Add(std::move(owner), std::move(session)).token;
  }
  /// From now on every call answers this, as when the database is away; Ok() ends it.
  void FailWith(Status failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }

  Result<OpenedSession> Open(const Call&, const Session& session) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) return failure_.error();
    if (session.subject.empty()) return Error{.code = Errc::kInvalidArgument, .message = "subject: want one"};
    if (session.expires_at <= Now()) return Error{.code = Errc::kInvalidArgument, .message = "expires_at: is over"};
    return Add("test", session);
  }
  Result<std::optional<Session>> Find(const Call&, std::string_view token) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) return failure_.error();
    auto* const entry = Present([&](const Entry& one) { return one.token == token; });
    if (entry == nullptr) return std::optional<Session>();
    entry->session.used_at = Now();
    return std::optional(entry->session);
  }
  Result<std::optional<Session>> Get(const Call&, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) return failure_.error();
    const auto* const entry = Present([&](const Entry& one) { return one.session.id == id; });
    return entry == nullptr ? std::optional<Session>() : std::optional(entry->session);
  }
  Status Change(const Call&, std::string_view id, const SessionChange& change) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) return failure_;
    auto* const entry = Own(id);
    if (entry == nullptr) return NoSession();
    if (change.data) entry->session.data = *change.data;
    if (change.expires_at) entry->session.expires_at = *change.expires_at;
    return Ok();
  }
  Status Close(const Call&, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) return failure_;
    if (Own(id) == nullptr) return NoSession();
    std::erase_if(entries_, [&](const Entry& entry) { return entry.session.id == id; });
    return Ok();
  }
  Status List(const Call&, std::string_view subject, std::uint32_t offset, std::uint32_t limit,
              SessionSink& sink) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) return failure_;
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (entry->session.owner != "test" || (!subject.empty() && entry->session.subject != subject)) continue;
      if (offset > 0) {
        --offset;
      } else if (limit-- == 0 || !sink.Put(entry->session)) {
        break;
      }
    }
    return Ok();
  }

 private:
  struct Entry {
    std::string token;
    Session session;
  };

  static Error NoSession() { return {.code = Errc::kNotFound, .message = "there is no such session"}; }
  Seconds Now() const { return std::chrono::floor<std::chrono::seconds>(clock_.Now()); }
  OpenedSession Add(std::string owner, Session session) {
    const auto number = std::to_string(++opened_);
    Entry entry{.token = "session-token-" + std::string(29 - number.size(), '0') + number,
                .session = std::move(session)};
    entry.session.id = "session-" + number;
    entry.session.owner = std::move(owner);
    entry.session.created_at = entry.session.used_at = Now();
    entries_.push_back(entry);
    return {.id = entry.session.id, .token = entry.token};
  }
  template <typename F>
  Entry* Present(F&& is_it) {
    const auto now = Now();
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      const auto& session = entry.session;
      const bool idle = session.idle_timeout.count() > 0 && session.used_at + session.idle_timeout <= now;
      return is_it(entry) && session.expires_at > now && !idle;
    });
    return found == entries_.end() ? nullptr : &*found;
  }
  Entry* Own(std::string_view id) {
    return Present([&](const Entry& entry) { return entry.session.id == id && entry.session.owner == "test"; });
  }

  const FakeClock& clock_;
  std::mutex mutex_;
  Status failure_;
  std::vector<Entry> entries_;
  std::size_t opened_ = 0;
};

}  // namespace sluice::sdk::testing
