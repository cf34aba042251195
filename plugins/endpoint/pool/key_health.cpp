// SPDX-License-Identifier: MIT
#include "key_health.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "answers.hpp"
#include "keyring.hpp"

namespace sluice::plugins::pool {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 10s;
constexpr auto kReportTimeout = 3s;  // instances wait for a key, and not for long
constexpr auto kReportEach = 60s;
constexpr auto kTaskTimeout = 30s;
constexpr std::int64_t kLooksEach = 16;

sdk::Result<sdk::MetricsService::Id> DeclareChecks(const sdk::Host& host) {
  constexpr std::array<std::string_view, 2> kLabels = {"store", "outcome"};
  return host.metrics().Declare(sdk::MetricKind::kCounter, "key_checks_total",
                                "Account calls that asked whether a pool key is good", kLabels);
}

}  // namespace

std::string_view NameOf(Health health) {
  return health == Health::kAlive ? "alive" : health == Health::kDead ? "dead" : "unknown";
}

KeyHealth::KeyHealth(sdk::Host host, const Settings& settings)
    : host_(std::move(host)), settings_(settings), checks_(DeclareChecks(host_)) {}

sdk::Result<Finding> KeyHealth::Check(const sdk::Call& call, const std::string& key) const {
  return Ask(call, key, kTimeout);
}

void KeyHealth::Report(const sdk::Call& call, const std::string& key) const {
  const auto is_due = Claim(call, key, kReportEach);
  if (is_due && !*is_due) return;
  const auto asked = is_due ? Ask(call, key, kReportTimeout) : sdk::Result<Finding>(is_due.error());
  if (asked) return;
  host_.Log(sdk::LogLevel::kWarning, "a pool key that was reported could not be checked",
            {{"key", key}, {"error", asked.error().message}});
}

void KeyHealth::CheckWhenDue(const sdk::Call& call, const std::string& key) {
  if (settings_.check_every.count() == 0 || !TakeTurn(key)) return;
  const auto started = host_.tasks().Start(call, kTaskTimeout, [this, key](const sdk::Call& task) {
    const auto is_due = Claim(task, key, settings_.check_every);
    if (is_due && !*is_due) return;
    const auto asked = is_due ? Ask(task, key, kTimeout) : sdk::Result<Finding>(is_due.error());
    if (asked || asked.error().code == sdk::Errc::kUnsupported) return;
    host_.Log(sdk::LogLevel::kWarning, "a pool key could not be checked",
              {{"key", key}, {"error", asked.error().message}});
  });
  if (started) return;
  const std::lock_guard lock(mutex_);
  turns_.erase(key);  // the next one who gets it tries again
}

/// Of those who look at the same time, one; then nobody for a part of the interval, so that the database is not asked
/// each time that a key is handed out.
bool KeyHealth::TakeTurn(const std::string& key) {
  const auto now = Now(host_);
  const auto pause = std::max<std::int64_t>(settings_.check_every.count() / kLooksEach, 1);
  const std::lock_guard lock(mutex_);
  std::erase_if(turns_, [&](const auto& turn) { return turn.second + pause <= now; });
  return turns_.emplace(key, now).second;
}

/// Whoever sets the time first is the one who asks.
sdk::Result<bool> KeyHealth::Claim(const sdk::Call& call, const std::string& key, std::chrono::seconds interval) const {
  const auto now = Now(host_);
  bool is_mine = false;
  auto claimed = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto set =
        Change(transaction, "UPDATE {keys} SET checked_at = $1 WHERE id = $2 AND state = 'active' AND checked_at <= $3",
               {now, key, now - interval.count()});
    if (!set) return set.error();
    is_mine = *set == 1;
    return sdk::Ok();
  });
  if (!claimed) return std::move(claimed).error();
  return is_mine;
}

sdk::Result<Finding> KeyHealth::Ask(const sdk::Call& call, const std::string& key,
                                    std::chrono::milliseconds timeout) const {
  const auto row = host_.database().Read(call, "SELECT store, secret FROM {keys} WHERE id = $1", {key});
  if (!row) return row.error();
  if (row->rows.empty()) return NotFound("there is no such key");
  const auto& store = row->rows[0][0].text;
  const auto* const account = FindAccountCall(store);
  if (account == nullptr) {
    return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "store " + store + ": its account call is not known"};
  }
  const auto secret = OpenSecret(host_, "pool key " + key, row->rows[0][1].text, key);
  if (!secret) return secret.error();
  const auto other = settings_.account_urls.find(store);
  auto request = RequestOf(*account, other == settings_.account_urls.end() ? "" : other->second, *secret);
  request.timeout = timeout;
  const auto response = host_.http().Send(call, request);
  if (!response && response.error().code == sdk::Errc::kCancelled) return response.error();
  auto finding = response ? Judge(*account, *response)
                          : Finding{.health = Health::kUnknown, .reason = "no answer: " + response.error().message};
  const std::array<std::string_view, 2> labels = {account->store, NameOf(finding.health)};
  if (checks_) host_.metrics().Record(*checks_, 1, labels);
  if (auto noted = Note(call, key, store, finding); !noted) return std::move(noted).error();
  return finding;
}

sdk::Status KeyHealth::Note(const sdk::Call& call, const std::string& key, const std::string& store,
                            const Finding& finding) const {
  const auto now = Now(host_);
  bool died = false;
  const auto done = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    died = false;
    const auto row = transaction.Run("SELECT state FROM {keys} WHERE id = $1", {key});
    if (!row) return row.error();
    if (row->rows.empty()) return sdk::Ok();  // deleted meanwhile
    const auto checked = Change(transaction, "UPDATE {keys} SET checked_at = $1 WHERE id = $2", {now, key});
    if (!checked) return checked.error();
    const auto& state = row->rows[0][0].text;
    if (finding.health == Health::kAlive && state == kDead) {
      const auto revived =
          Change(transaction, "UPDATE {keys} SET state = $1, fault = '' WHERE id = $2", {kActive, key});
      return revived ? sdk::Ok() : sdk::Status(revived.error());
    }
    if (finding.health != Health::kDead || state != kActive) return sdk::Ok();
    died = true;
    return Retire(transaction, key, store, kDead, finding.reason, now);
  });
  if (done && died) {
    host_.Log(sdk::LogLevel::kWarning, "a pool key is dead; its users were given others",
              {{"key", key}, {"store", store}, {"reason", finding.reason}});
  }
  return done;
}

}  // namespace sluice::plugins::pool
