// SPDX-License-Identifier: MIT
#include "indexer/common/searches.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "common/remote/answers.hpp"

namespace sluice::plugins::indexer {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kLook = 20ms;  // whether a call is cancelled can only be polled
constexpr Clock::duration kMostHaste = 200ms;
constexpr std::chrono::seconds kLifeOfAPart = 1min;
constexpr std::uint32_t kMaxLimit = 1000;

/// When to come back: what comes after the deadline is not used, and counts as overrun.
Clock::time_point ReturnOf(const sdk::Call& call) {
  const auto left = call.remaining();
  return left == Clock::duration::max() ? Clock::time_point::max() : call.deadline() - std::min(left / 10, kMostHaste);
}

std::optional<sdk::Error> OverBy(const sdk::Call& call, Clock::time_point back_at) {
  if (auto over = remote::OverBy(call, "the index")) return over;
  if (Clock::now() < back_at) return std::nullopt;
  return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "no time is left to wait for the index"};
}

/// What one call has put so far.
struct Taken {
  sdk::ReleaseSink& out;
  std::uint32_t limit;
  std::unordered_set<std::string> known{};
  bool is_enough = false;

  void Put(const sdk::Release& release) {
    if (is_enough || !known.insert(IdentityOf(release)).second) return;
    is_enough = !out.Put(release) || known.size() >= limit;
  }
};

}  // namespace

/// What is known, and what is under way. Threads: [any].
class Searches::Memory {
 public:
  Memory(sdk::Host host, Limits limits)
      : host_(std::move(host)),
        limits_(limits),
        searches_(host_.metrics().Declare(
            sdk::MetricKind::kCounter, "searches_total",
            "Searches that were known, or waited for another's; of those that were made: whole, partial, failed, "
            "broken_off with the viewer who made it",
            std::array{std::string_view("outcome")})) {}

  struct Joined {
    std::shared_ptr<Findings> findings;
    bool is_first = false;
  };

  Joined Join(const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_id_.find(id); found != by_id_.end()) {
      const auto entry = found->second;
      if (!entry->findings->is_over() || entry->until > host_.clock().Steady()) {
        Count(entry->findings->is_over() ? "known" : "waited");
        entries_.splice(entries_.begin(), entries_, entry);
        return {.findings = entry->findings};
      }
      Drop(entry);
    }
    entries_.push_front({.id = id, .findings = std::make_shared<Findings>()});
    by_id_.emplace(id, entries_.begin());
    return {.findings = entries_.front().findings, .is_first = true};
  }

  void Start(const std::shared_ptr<Memory>& self, const sdk::Call& call, const std::string& id,
             const std::shared_ptr<Findings>& findings, const Work& work) {
    const auto started = host_.tasks().Start(call, limits_.timeout, [self, id, findings, work](const sdk::Call& own) {
      self->Carry(own, id, findings, work, false);
    });
    if (!started) Carry(call, id, findings, work, true);
  }

  /// \param is_own  this call made the search. \returns  nothing: whoever made it has left, and it has to be made anew.
  static std::optional<sdk::Status> Serve(const sdk::Call& call, Clock::time_point back_at, Findings& findings,
                                          bool is_own, Taken& taken) {
    for (std::size_t from = 0;;) {
      const auto news = findings.Wait(from, std::min(back_at, Clock::now() + kLook));
      from += news.size();
      for (const auto& release : news) taken.Put(*release);
      if (taken.is_enough) return sdk::Ok();
      if (const auto end = findings.EndBehind(from)) {
        if (end->is_broken_off && !is_own) return std::nullopt;
        return end->fault ? sdk::Status(*end->fault) : sdk::Ok();
      }
      if (auto over = OverBy(call, back_at)) return sdk::Status(*std::move(over));
    }
  }

 private:
  struct Entry {
    std::string id;
    std::shared_ptr<Findings> findings;
    Clock::time_point until{};  ///< Once the search is over.
    std::size_t bytes = 0;      ///< The same.
  };
  using Entries = std::list<Entry>;

  void Carry(const sdk::Call& call, const std::string& id, const std::shared_ptr<Findings>& findings, const Work& work,
             bool of_caller) {
    sdk::Status status = sdk::Error{.code = sdk::Errc::kInternal, .message = "the search ended with an exception"};
    try {
      status = work(call, *findings);
    } catch (const std::exception&) {
      host_.Log(sdk::LogLevel::kError, "a search ended with an exception");
    }
    auto end = EndOf(status, of_caller);
    if (end.fault && !end.is_broken_off && !findings->empty()) {
      // An error behind releases makes them a part of an answer.
      end.fault = std::nullopt;
      findings->MarkPartial();
    }
    // First what the memory holds: who comes between the two shall find the search under way, or ended.
    Keep(id, *findings, end);
    findings->Finish(std::move(end));
  }

  static Findings::End EndOf(const sdk::Status& status, bool of_caller) {
    if (status) return {};
    const auto code = status.error().code;
    if (code != sdk::Errc::kDeadlineExceeded && code != sdk::Errc::kCancelled) return {.fault = status.error()};
    if (of_caller) return {.fault = status.error(), .is_broken_off = true};
    return {.fault = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the index: no answer in time"}};
  }

  void Keep(const std::string& id, const Findings& findings, const Findings::End& end) {
    const bool is_partial = findings.is_partial();
    Count(end.is_broken_off ? "broken_off" : end.fault ? "failed" : is_partial ? "partial" : "whole");
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end() || found->second->findings.get() != &findings) return;
    const auto entry = found->second;
    if (end.fault || limits_.life <= 0s) return Drop(entry);
    entry->until = host_.clock().Steady() + (is_partial ? std::min(limits_.life, kLifeOfAPart) : limits_.life);
    entry->bytes = findings.bytes() + 2 * id.size();
    bytes_ += entry->bytes;
    for (auto at = entries_.end(); bytes_ > limits_.max_bytes && at != entries_.begin();) {
      --at;
      if (at->bytes != 0) Drop(at++);
    }
  }

  void Drop(Entries::iterator entry) {
    bytes_ -= entry->bytes;
    by_id_.erase(entry->id);
    entries_.erase(entry);
  }

  void Count(std::string_view outcome) const {
    if (searches_) host_.metrics().Record(*searches_, 1, std::array{outcome});
  }

  const sdk::Host host_;
  const Limits limits_;
  const sdk::Result<sdk::MetricsService::Id> searches_;

  std::mutex mutex_;
  Entries entries_;  ///< The most recently used first.
  std::unordered_map<std::string, Entries::iterator> by_id_;
  std::size_t bytes_ = 0;
};

Searches::Searches(sdk::Host host, Limits limits) : memory_(std::make_shared<Memory>(std::move(host), limits)) {}

sdk::Status Searches::Run(const sdk::Call& call, const std::string& id, std::uint32_t limit, sdk::ReleaseSink& out,
                          Work work) {
  const auto back_at = ReturnOf(call);
  Taken taken{.out = out, .limit = std::clamp<std::uint32_t>(limit, 1, kMaxLimit)};
  for (;;) {
    if (auto over = OverBy(call, back_at)) return *std::move(over);
    const auto joined = memory_->Join(id);
    if (joined.is_first) memory_->Start(memory_, call, id, joined.findings, work);
    if (auto status = Memory::Serve(call, back_at, *joined.findings, joined.is_first, taken)) return *std::move(status);
  }
}

}  // namespace sluice::plugins::indexer
