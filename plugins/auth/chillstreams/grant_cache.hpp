// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// GrantCache: what the pool said about each viewer's device, for as long as it holds, and asked for once at a time.

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>

#include "pool_client.hpp"

namespace sluice::plugins::chillstreams {

/// A lease, and when it ends.
struct KeptLease {
  std::string key;  ///< Secret.
  std::string key_id;
  sdk::Seconds expires_at{};
};

/// Keys stay in this memory: nothing of it is written down. Bounded; refusals go first, then the least recently used.
/// Threads: [any], but for the constructor: [control].
class GrantCache {
 public:
  using Answer = sdk::Result<KeptLease>;
  using Ask = std::function<sdk::Result<Lease>()>;

  /// \param refusal_life  of refusals. \param max_entries  at least 1.
  GrantCache(sdk::Host host, std::chrono::seconds refusal_life, std::size_t max_entries);

  /// What holds for this device of this user. At most one `ask` for them is under way: whoever needs the same waits for
  /// it and gets the same, until their own call is over.
  /// \param ask  asks the pool, on behalf of `call`.
  /// \returns  what `ask` does; kCancelled and kDeadlineExceeded of the call.
  Answer Find(const sdk::Call& call, const std::string& user_id, const std::string& device_id, const Ask& ask);

  /// Drops what is known of a user, and does not keep what is being asked.
  void ForgetUser(std::string_view user_id);
  /// Drops that a user was refused.
  void ForgetRefusals(std::string_view user_id);
  /// Drops all grants of that key.
  void ForgetKey(std::string_view key_id);
  void ForgetAll();

 private:
  using Steady = std::chrono::steady_clock::time_point;
  struct Entry {
    std::string id;  ///< "user device"
    std::string user_id;
    std::string key_id;  ///< Empty: refused.
    Answer answer;
    Steady until;
  };
  struct ByUse {};
  struct ById {};
  struct ByUser {};
  struct ByKey {};
  template <typename Tag, auto Member>
  using IndexedBy = boost::multi_index::hashed_non_unique<boost::multi_index::tag<Tag>,
                                                          boost::multi_index::member<Entry, std::string, Member>>;
  using Entries = boost::multi_index_container<
      Entry, boost::multi_index::indexed_by<
                 boost::multi_index::sequenced<boost::multi_index::tag<ByUse>>,
                 boost::multi_index::hashed_unique<boost::multi_index::tag<ById>,
                                                   boost::multi_index::member<Entry, std::string, &Entry::id>>,
                 IndexedBy<ByUser, &Entry::user_id>, IndexedBy<ByKey, &Entry::key_id>>>;
  /// One question that is under way.
  struct Flight {
    std::string user_id;
    bool is_landed = false;
    bool is_stale = false;           ///< News came meanwhile: its answer may be older.
    std::optional<Answer> answer{};  ///< For all who wait; nothing: it was broken off, or is stale.
  };

  std::optional<Answer> Present(const std::string& id);
  void Fly(std::unique_lock<std::mutex>& lock, const sdk::Call& call, const std::string& id, Flight& flight,
           const Ask& ask);
  void Land(const std::string& id, Flight& flight, sdk::Result<Lease> answer, bool broken_off);
  void Keep(const std::string& id, const Flight& flight, std::chrono::seconds life);
  void Count(std::string_view outcome) const;

  const sdk::Host host_;
  const std::chrono::seconds refusal_life_;
  const std::size_t max_entries_;
  const sdk::Result<sdk::MetricsService::Id> lookups_;

  std::mutex mutex_;
  std::condition_variable landed_;
  Entries entries_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace sluice::plugins::chillstreams
