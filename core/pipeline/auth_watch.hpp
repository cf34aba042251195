// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthWatch: listens to auth backends that revoke principals, each on a thread of its own.

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "core/pipeline/snapshot.hpp"

namespace sluice::state {
class RevocationTable;
}

namespace sluice::pipeline {

class Principals;
class Revocations;

/// Threads: Follow and the destructor one at a time.
class AuthWatch {
 public:
  /// \param kept  where revocations are kept for the time after a restart; null: nowhere.
  AuthWatch(Principals& principals, Revocations& revocations, state::RevocationTable* kept = nullptr);
  ~AuthWatch();
  AuthWatch(const AuthWatch&) = delete;
  AuthWatch& operator=(const AuthWatch&) = delete;

  /// Takes up what was revoked before the server began. While that fails, each backend's watch tries it again.
  /// Threads: [any].
  sdk::Status Recall(const sdk::Call& call);
  /// Listens to the backends of `snapshot`, and to no others any more.
  void Follow(const Snapshot& snapshot);

 private:
  class Watcher;

  Principals& principals_;
  Revocations& revocations_;
  state::RevocationTable* const kept_;
  std::atomic<bool> recalled_;
  std::atomic<std::chrono::seconds> keep_{};  ///< As long as the longest-lived link that was ever minted.
  std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace sluice::pipeline
