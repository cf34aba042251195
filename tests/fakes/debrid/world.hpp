// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// World: what every fake store has: accounts, content, items that come along, limits, faults, and a log.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/debrid/message.hpp"

namespace sluice::fakes::debrid {

using Time = std::chrono::system_clock::time_point;

enum class Kind : std::uint8_t { kTorrent, kUsenet, kWeb };

struct Account {
  std::string key;
  std::uint64_t id = 1;
  int plan = 2;  ///< As the store counts plans.
  std::string email = "viewer@example.org";
  Time expires_at{};
};

struct ContentFile {
  std::string name;  ///< With the root folder.
  std::uint64_t size = 0;
};

/// How an item stands from `after` its adding on.
struct Step {
  std::chrono::seconds after{};
  std::string state;  ///< In the store's words.
  double progress = 0;
  bool finished = false;
  bool present = false;
  bool operator==(const Step&) const = default;
};

/// What could be asked for.
struct Content {
  Kind kind = Kind::kTorrent;
  std::string hash;
  std::string name;
  std::vector<ContentFile> files{};
  bool cached = true;
  bool is_private = false;
  std::vector<Step> timeline{};  ///< Empty: what the store does by itself.
};

/// What an account holds.
struct Held {
  std::uint64_t id = 0;
  Content content;
  Time added_at{};
};

/// What goes wrong. Of several, the first whose `endpoint` fits and which is left `times` counts.
struct Fault {
  std::string endpoint{};            ///< Empty: any.
  int times = 1;                     ///< Negative: for good.
  std::optional<Response> answer{};  ///< In place of the store's; nothing: the store's, changed as below.
  std::chrono::milliseconds latency{};
  std::chrono::milliseconds trickle{};
  std::size_t drop_after = 0;
};
/// The faults that tests ask for by name.
Fault TooManyRequests(std::string endpoint, const std::string& retry_after);
Fault ServerError(std::string endpoint, int status);
Fault MalformedJson(std::string endpoint);
Fault WrongType(std::string endpoint);
Fault HtmlPage(std::string endpoint, int status);
Fault Reset(std::string endpoint);
/// What the names of faults are over the control path: "429", "500", "malformed", "type", "html", "reset".
std::optional<Fault> FaultByName(std::string_view name, std::string endpoint);

/// Threads: [any].
class World {
 public:
  using Clock = std::function<Time()>;

  /// \param clock  null: stands still at 2026-01-01T00:00:00Z.
  explicit World(Clock clock = nullptr) : clock_(std::move(clock)) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Time Now() const;
  /// Moves the time on, beside what passes by itself.
  void Advance(std::chrono::milliseconds by);

  void AddAccount(Account account);
  std::optional<Account> FindAccount(std::string_view key) const;
  /// In place of what had this hash.
  void AddContent(Content content);
  std::optional<Content> FindContent(Kind kind, std::string_view hash) const;

  /// \returns  what the account holds of this content, or holds from now on.
  Held Hold(const std::string& key, const Content& content);
  std::vector<Held> HeldBy(const std::string& key, Kind kind) const;
  /// Of any account's: nobody has it then. \returns  whether it was there.
  bool LetGo(const std::string& key, Kind kind, std::uint64_t id);

  void Break(Fault fault);
  /// The fault that strikes this request, which is used up.
  std::optional<Fault> Strike(std::string_view endpoint);

  /// Counts a request. \returns  false: it is one too many within `period`.
  bool Count(const std::string& counter, std::uint32_t limit, std::chrono::seconds period);
  /// How often limits were crossed.
  std::size_t crossed() const;

  /// Every request, under the name of what it asked for.
  void Log(std::string endpoint);
  std::size_t Requests(std::string_view endpoint) const;
  std::map<std::string, std::size_t> counts() const;
  /// What the store would not understand: methods, paths, parameters, missing keys. Tests want none.
  void Violate(std::string what);
  std::vector<std::string> violations() const;

 private:
  mutable std::mutex mutex_;
  const Clock clock_;
  std::chrono::milliseconds passed_{};
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::pair<Kind, std::string>, Content> library_;
  std::map<std::string, std::vector<Held>> held_;
  std::uint64_t next_id_ = 11;
  std::vector<Fault> faults_;
  std::map<std::string, std::vector<Time>> counters_;
  std::size_t crossed_ = 0;
  std::map<std::string, std::size_t, std::less<>> counts_;
  std::vector<std::string> violations_;
};

/// The step that an item has come to.
Step StepAt(const Held& held, Time now);

}  // namespace sluice::fakes::debrid
