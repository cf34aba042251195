// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Sessions: what tokens that the gateway has given out stand for, in the database.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/database.hpp>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/state/bus.hpp"
#include "core/state/migrations.hpp"

namespace sluice::state {

class Database;
class Secrets;

Schema SessionSchema();
/// What secrets of sessions are sealed for.
inline constexpr const char* kSessionPurpose = "sessions";

/// Tokens are 256 random bits, kept as their SHA-256; data is sealed. What was found is kept in memory for some
/// seconds, and dropped at once when an instance of the server says that it changed. Use is written down once in an
/// eighth of the idle timeout: by so much a session may end early.
/// \returns  of every method: as sdk::SessionsService. Threads: [any].
class Sessions {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  static constexpr std::size_t kMaxDataBytes = 64 * 1024;
  static constexpr std::size_t kMostInMemory = 10'000;

  Sessions(Database& database, const Secrets& secrets, Bus& bus, Clock clock = std::chrono::system_clock::now);
  ~Sessions();
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  sdk::Result<sdk::OpenedSession> Open(const sdk::Call& call, const sdk::Session& session);
  /// \param may_see  whether the asker may see sessions of that owner.
  sdk::Result<std::optional<sdk::Session>> Find(const sdk::Call& call, std::string_view token,
                                                const std::function<bool(std::string_view owner)>& may_see);
  sdk::Result<std::optional<sdk::Session>> Get(const sdk::Call& call, std::string_view id);
  /// Whether the session of that id is there, and notes that it is used, as Find does: by a link made for it.
  sdk::Result<bool> Touch(const sdk::Call& call, std::string_view id);
  sdk::Status Change(const sdk::Call& call, std::string_view owner, std::string_view id,
                     const sdk::SessionChange& change);
  sdk::Status Close(const sdk::Call& call, std::string_view owner, std::string_view id);
  sdk::Status List(const sdk::Call& call, std::string_view owner, std::string_view subject, std::uint32_t offset,
                   std::uint32_t limit, sdk::SessionSink& sink);

 private:
  using Time = std::chrono::system_clock::time_point;
  struct Known {
    std::string key;  ///< Hash of the token, or the id where links use it: then it stands here twice.
    std::shared_ptr<const sdk::Session> session;  ///< As it was read. A link is one of many: nothing of it is copied.
    sdk::Seconds used_at;                         ///< Later than that of `session`.
    Time read_at, written_use_at;
  };
  /// A session as its token, or a link, has just used it.
  struct Use {
    std::shared_ptr<const sdk::Session> session;
    sdk::Seconds used_at;
    bool is_to_be_noted = false;  ///< In the database: the last note is old.
  };

  /// \param key  that `condition` finds it by.
  sdk::Result<std::optional<Use>> Look(const sdk::Call& call, std::string_view condition, const std::string& key);
  static Use Using(Known& known, Time now);
  std::optional<Use> Recall(const std::string& key);
  /// \param news  `news_count_` before it was read: what has changed since is not kept.
  Use Remember(const std::string& key, sdk::Session session, std::uint64_t news);
  void Forget(std::optional<std::string_view> id);
  sdk::Status NoteUse(const sdk::Call& call, const Use& use);
  bool IsOver(const sdk::Session& session, sdk::Seconds used_at) const;
  sdk::Result<std::vector<sdk::Session>> Read(const sdk::Call& call, std::string_view condition,
                                              std::vector<sdk::SqlParam> params);
  sdk::Result<bool> Update(const sdk::Call& call, std::string_view sql, std::vector<sdk::SqlParam> params);

  Database& database_;
  const Secrets& secrets_;
  Bus& bus_;
  const Clock clock_;
  MigrateOnce tables_;
  std::mutex mutex_;
  std::list<Known> known_;  ///< The most recently used first.
  std::unordered_map<std::string, std::list<Known>::iterator> by_key_;
  std::atomic<std::uint64_t> news_count_{0};  ///< Of sessions that may have changed.
  Time purged_at_{};
  std::unique_ptr<Bus::Subscription> news_;
};

}  // namespace sluice::state
