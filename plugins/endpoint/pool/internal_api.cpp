// SPDX-License-Identifier: MIT
#include "internal_api.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "digest.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kMaxText = 256;
constexpr std::size_t kMaxStore = 64;
constexpr std::int64_t kRecent = 10;
constexpr std::string_view kKeyFailed = "key-failed";

sdk::Result<sdk::MetricsService::Id> DeclareDecided(const sdk::Host& host) {
  constexpr std::array<std::string_view, 1> kLabels = {"outcome"};
  return host.metrics().Declare(sdk::MetricKind::kCounter, "grants_total", "Requests for a pool key by their outcome",
                                kLabels);
}

sdk::Status Refuse(const Request& request, int status, std::string_view why) {
  return SendJson(request, status, {{"error", why}});
}

sdk::Result<Asked> ReadAsked(const Json& body) {
  auto user = RequiredText(body, "userId", kMaxId);
  if (!user) return std::move(user).error();
  auto device = RequiredText(body, "deviceId", kMaxText);
  if (!device) return std::move(device).error();
  auto label = TextMember(body, "deviceLabel", kMaxId);
  if (!label) return std::move(label).error();
  auto store = TextMember(body, "store", kMaxStore);
  if (!store) return std::move(store).error();
  if (auto hash = TextMember(body, "hash", kMaxText); !hash) return std::move(hash).error();
  auto action = TextMember(body, "action", kMaxText);
  if (!action) return std::move(action).error();
  auto failed = TextMember(body, "poolKeyId", kMaxId);
  if (!failed) return std::move(failed).error();
  return Asked{.user = *std::move(user),
               .device = *std::move(device),
               .device_label = label->value_or(""),
               .store = store->value_or(kDefaultStore),
               .failed = *action == kKeyFailed,
               .failed_key = failed->value_or("")};
}

sdk::Result<UsageEntry> ReadEntry(const Json& body) {
  auto user = RequiredText(body, "userId", kMaxId);
  if (!user) return std::move(user).error();
  auto action = RequiredText(body, "action", kMaxId);
  if (!action) return std::move(action).error();
  auto key = TextMember(body, "poolKeyId", kMaxId);
  if (!key) return std::move(key).error();
  auto hash = TextMember(body, "hash", kMaxText);
  if (!hash) return std::move(hash).error();
  const auto cached = TruthMember(body, "cached");
  if (!cached) return cached.error();
  const auto bytes = NumberMember(body, "bytes", 0, std::numeric_limits<std::int64_t>::max());
  if (!bytes) return bytes.error();
  return UsageEntry{.user = *std::move(user),
                    .key = key->value_or(""),
                    .action = *std::move(action),
                    .hash = hash->value_or(""),
                    .cached = cached->value_or(false),
                    .bytes = bytes->value_or(0)};
}

}  // namespace

InternalApi::InternalApi(sdk::Host host, const Settings& settings, Grants& grants, UsageLog& usage, KeyHealth& health)
    : host_(std::move(host)),
      settings_(settings),
      grants_(grants),
      usage_(usage),
      health_(health),
      feed_(host_),
      decided_(DeclareDecided(host_)) {}

std::vector<Served> InternalApi::Routes() {
  return {Guarded("POST", "/get-key", &InternalApi::GetKey), Guarded("POST", "/log-usage", &InternalApi::LogUsage),
          Guarded("GET", "/stats", &InternalApi::SendStats), Guarded("GET", "/events", &InternalApi::SendEvents)};
}

Served InternalApi::Guarded(const char* method, const char* path, Answer answer) {
  return {.route = {.method = method, .path_template = path, .scope = {}},
          .answer = [this, answer](const Request& request) {
            return IsInstance(request) ? (this->*answer)(request) : Refuse(request, 403, "Unauthorized");
          }};
}

bool InternalApi::IsInstance(const Request& request) const {
  const auto shown = sdk::FieldValue(request.head.headers, "Authorization");
  const auto is = [&](const std::string& key) { return host_.secrets().Equal(shown, "Bearer " + key) && !key.empty(); };
  const bool now = is(settings_.internal_api_key);
  const bool next = is(settings_.internal_api_key_next);
  return now || next;
}

sdk::Status InternalApi::GetKey(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return Refuse(request, 400, body.error().message);
  const auto asked = ReadAsked(*body);
  if (!asked) return Refuse(request, 400, asked.error().message);
  if (auto reported = Report(request.call, *asked); !reported) return reported;
  const auto grant = grants_.Decide(request.call, *asked);
  if (!grant) return grant.error();
  const std::array<std::string_view, 1> outcome = {grant->allowed ? "granted" : "refused"};
  if (decided_) host_.metrics().Record(*decided_, 1, outcome);
  if (grant->allowed) {
    health_.CheckWhenDue(request.call, grant->key_id);
    return SendJson(request, 200,
                    {{"poolKey", grant->key},
                     {"poolKeyId", grant->key_id},
                     {"allowed", true},
                     {"deviceCount", *grant->devices},
                     {"message", grant->message}},
                    "max-age=" + std::to_string(settings_.grant_ttl.count()));
  }
  Json refused{{"allowed", false}, {"message", grant->message}};
  if (grant->devices) refused["deviceCount"] = *grant->devices;
  return SendJson(request, 200, refused);
}

/// A key that is found dead here is another's by the time that one is chosen.
sdk::Status InternalApi::Report(const sdk::Call& call, const Asked& asked) const {
  if (!asked.failed) return sdk::Ok();
  auto key = asked.failed_key.empty() ? grants_.AssignedKey(call, asked.user, asked.store)
                                      : sdk::Result<std::string>(asked.failed_key);
  if (!key) return std::move(key).error();
  if (!key->empty()) health_.Report(call, *key);
  return sdk::Ok();
}

sdk::Status InternalApi::LogUsage(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return Refuse(request, 400, body.error().message);
  auto entry = ReadEntry(*body);
  if (!entry) return Refuse(request, 400, entry.error().message);
  const auto key = sdk::FieldValue(request.head.headers, "Idempotency-Key");
  const bool is_visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (key.size() > kMaxText || !is_visible) {
    return Refuse(request, 400, "Idempotency-Key: want at most 256 visible characters of ASCII");
  }
  entry->id = key.empty() ? MakeUuid(host_) : std::string(key);
  if (auto added = usage_.Add(request.call, *entry); !added) return added;
  if (entry->action == kKeyFailed && !entry->key.empty()) health_.Report(request.call, entry->key);
  return SendJson(request, 200, {{"success", true}});
}

sdk::Status InternalApi::SendStats(const Request& request) {
  const auto counts = host_.database().Read(
      request.call,
      "SELECT (SELECT count(*) FROM {keys}), (SELECT count(*) FROM {assignments}), (SELECT count(*) FROM {usage}), "
      "(SELECT count(*) FROM {devices})");
  if (!counts) return counts.error();
  auto recent = usage_.Page(request.call, {}, kRecent);
  if (!recent) return std::move(recent).error();
  auto entries = Json::array();
  std::for_each(recent->rbegin(), recent->rend(), [&](const UsageEntry& entry) {
    entries.push_back(Json{{"userId", entry.user},
                           {"poolKeyId", entry.key},
                           {"action", entry.action},
                           {"hash", entry.hash},
                           {"cached", entry.cached},
                           {"bytes", entry.bytes},
                           {"timestamp", entry.happened_at}});
  });
  const auto& row = counts->rows[0];
  return SendJson(request, 200,
                  {{"poolKeys", row[0].integer},
                   {"deviceAssignments", row[1].integer},
                   {"usageLogs", row[2].integer},
                   {"devices", row[3].integer},
                   {"recentUsage", entries}});
}

sdk::Status InternalApi::SendEvents(const Request& request) { return feed_.Serve(request); }

}  // namespace sluice::plugins::pool
