// SPDX-License-Identifier: MIT
#include "key_health.hpp"

#include <array>
#include <utility>

#include "answers.hpp"
#include "keyring.hpp"

namespace sluice::plugins::pool {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 10s;
constexpr auto kReportTimeout = 3s;  // instances wait for a key, and not for long
constexpr std::int64_t kReportEachSeconds = 60;

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
  const auto now = Now(host_);
  bool is_due = false;
  // Whoever sets the time first is the one who asks.
  const auto claimed = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto set =
        Change(transaction, "UPDATE {keys} SET checked_at = $1 WHERE id = $2 AND state = 'active' AND checked_at <= $3",
               {now, key, now - kReportEachSeconds});
    if (!set) return set.error();
    is_due = *set == 1;
    return sdk::Ok();
  });
  if (claimed && !is_due) return;
  const auto asked = claimed ? Ask(call, key, kReportTimeout) : sdk::Result<Finding>(claimed.error());
  if (asked) return;
  host_.Log(sdk::LogLevel::kWarning, "a pool key that was reported could not be checked",
            {{"key", key}, {"error", asked.error().message}});
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
