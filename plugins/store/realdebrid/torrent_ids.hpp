// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TorrentIds: which of an account's torrents are of which info hash, as far as is known.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "common/remote/ttl_cache.hpp"

namespace sluice::plugins::realdebrid {

/// Ids by info hash, the newest torrent first.
using IdsByHash = std::map<std::string, std::vector<std::string>>;

/// Remembered for ten minutes; a hash that is not known has the account's list read again, once a minute at most. What
/// is told may be out of date: each id is to be asked about. Threads: [any].
class TorrentIds {
 public:
  /// Reads the account's list.
  using Ask = std::function<sdk::Result<IdsByHash>()>;

  explicit TorrentIds(sdk::Host host);

  /// \param account  fingerprint of its key. \returns  may be none; what `ask` does.
  sdk::Result<std::vector<std::string>> Find(const sdk::Call& call, const std::string& account, const std::string& hash,
                                             const Ask& ask);
  /// A torrent was added.
  void Note(const std::string& account, const std::string& hash, const std::string& id);
  /// It is gone.
  void Forget(const std::string& account, const std::string& hash, const std::string& id);
  /// The list is to be read anew.
  void ForgetAll(const std::string& account) { books_.Forget(account); }

 private:
  /// What is known of one account.
  struct Book {
    std::mutex mutex;
    IdsByHash ids;
    std::chrono::steady_clock::time_point read_at;
  };
  using SharedBook = std::shared_ptr<Book>;

  const sdk::Host host_;
  remote::TtlCache<SharedBook> books_;
};

}  // namespace sluice::plugins::realdebrid
