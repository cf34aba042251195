// SPDX-License-Identifier: MIT
#include "core/state/sessions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/hex.hpp>
#include <utility>

#include "core/state/database.hpp"
#include "core/state/digest.hpp"
#include "core/state/secrets.hpp"

namespace sluice::state {
namespace {

using std::chrono::seconds;

constexpr auto kChannel = "sessions";
constexpr auto kFresh = seconds(5);
constexpr auto kPurgeEvery = seconds(60);
constexpr int kUsesNoted = 8;  // within an idle timeout
constexpr std::size_t kTokenOctets = 32, kIdOctets = 16;
constexpr std::size_t kMostScopes = 64, kMostScopeBytes = 64, kMostSubjectBytes = 256, kMostTokenBytes = 128;
constexpr std::string_view kColumns =
    "id, owner, subject, scopes, data, created_at, expires_at, idle_seconds, used_at, token_hash";

sdk::Seconds InSeconds(std::chrono::system_clock::time_point time) { return std::chrono::floor<seconds>(time); }
sdk::Seconds TimeOf(const sdk::SqlValue& value) { return sdk::Seconds(seconds(value.integer)); }

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }
sdk::Error NoSession() { return {.code = sdk::Errc::kNotFound, .message = "there is no such session"}; }

bool IsPlain(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

sdk::Status Check(const sdk::Session& session, sdk::Seconds now) {
  if (!IsPlain(session.subject, kMostSubjectBytes)) return Invalid("subject: want 1 to 256 octets, none of control");
  const bool plain = session.scopes.size() <= kMostScopes &&
                     std::all_of(session.scopes.begin(), session.scopes.end(),
                                 [](const std::string& scope) { return IsPlain(scope, kMostScopeBytes); });
  if (!plain) return Invalid("scopes: want at most 64 of 1 to 64 octets");
  if (session.data.size() > Sessions::kMaxDataBytes) return Invalid("data: want at most 65536 octets");
  if (session.expires_at <= now) return Invalid("expires_at: want a time to come");
  if (session.idle_timeout < seconds(0)) return Invalid("idle_timeout: want 0 or more");
  return sdk::Ok();
}

}  // namespace

Schema SessionSchema() {
  return {
      .owner = "sessions",
      .scripts = {"CREATE TABLE sluice_sessions (id TEXT PRIMARY KEY, token_hash TEXT NOT NULL, owner TEXT NOT NULL, "
                  "subject TEXT NOT NULL, scopes TEXT NOT NULL, data BYTEA NOT NULL, key_id TEXT NOT NULL, "
                  "created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, idle_seconds BIGINT NOT NULL, "
                  "used_at BIGINT NOT NULL);"
                  "CREATE UNIQUE INDEX sluice_sessions_token ON sluice_sessions (token_hash);"
                  "CREATE INDEX sluice_sessions_owner ON sluice_sessions (owner, created_at);"
                  "CREATE INDEX sluice_sessions_end ON sluice_sessions (expires_at)"}};
}

Sessions::Sessions(Database& database, const Secrets& secrets, Bus& bus, Clock clock)
    : database_(database),
      secrets_(secrets),
      bus_(bus),
      clock_(std::move(clock)),
      tables_(database, SessionSchema()),
      news_(bus.Subscribe(kChannel, [this](std::optional<std::string_view> id) { Forget(id); })) {}
Sessions::~Sessions() = default;

sdk::Result<sdk::OpenedSession> Sessions::Open(const sdk::Call& call, const sdk::Session& session) {
  const auto time = clock_();
  const auto now = InSeconds(time);
  if (auto good = Check(session, now); !good) return std::move(good).error();
  if (auto ready = tables_.Ensure(call); !ready) return std::move(ready).error();
  sdk::OpenedSession opened{.id = sdk::HexEncode(RandomBytes(kIdOctets)),
                            .token = sdk::Base64UrlEncode(RandomBytes(kTokenOctets))};
  auto sealed = secrets_.Seal(kSessionPurpose, session.data, opened.id);
  if (!sealed) return std::move(sealed).error();
  bool purge = false;
  {
    const std::lock_guard lock(mutex_);
    purge = time - purged_at_ >= kPurgeEvery;
    if (purge) purged_at_ = time;
  }
  const auto hash = Sha256Hex(opened.token);
  const auto scopes = nlohmann::json(session.scopes).dump();
  const auto key_id = secrets_.KeyId();
  auto done = database_.Change(call, [&](Transaction& transaction) -> sdk::Status {
    if (purge) {
      auto gone = transaction.Run(
          "DELETE FROM sluice_sessions WHERE expires_at <= $1 OR (idle_seconds > 0 AND used_at + idle_seconds <= $1)",
          {now});
      if (!gone) return std::move(gone).error();
    }
    auto added = transaction.Run(
        "INSERT INTO sluice_sessions (id, token_hash, owner, subject, scopes, data, key_id, created_at, expires_at, "
        "idle_seconds, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8)",
        {opened.id, hash, session.owner, session.subject, scopes, sdk::SqlParam::Bytes(*sealed), key_id, now,
         session.expires_at, session.idle_timeout.count()});
    return added ? sdk::Ok() : sdk::Status(std::move(added).error());
  });
  if (!done) return std::move(done).error();
  return opened;
}

sdk::Result<std::optional<sdk::Session>> Sessions::Find(const sdk::Call& call, std::string_view token,
                                                        const std::function<bool(std::string_view)>& may_see) {
  if (token.empty() || token.size() > kMostTokenBytes) return std::optional<sdk::Session>();
  auto use = Look(call, "token_hash = $1", Sha256Hex(token));
  if (!use) return std::move(use).error();
  if (!*use || !may_see((*use)->session->owner)) return std::optional<sdk::Session>();
  if (auto noted = NoteUse(call, **use); !noted) return std::move(noted).error();
  auto session = *(*use)->session;
  session.used_at = (*use)->used_at;
  return std::optional(std::move(session));
}

sdk::Result<bool> Sessions::Touch(const sdk::Call& call, std::string_view id) {
  if (id.size() != 2 * kIdOctets) return false;  // in memory, a longer one could be taken for the hash of a token
  auto use = Look(call, "id = $1", std::string(id));
  if (!use) return std::move(use).error();
  if (!*use) return false;
  if (auto noted = NoteUse(call, **use); !noted) return std::move(noted).error();
  return true;
}

sdk::Result<std::optional<sdk::Session>> Sessions::Get(const sdk::Call& call, std::string_view id) {
  auto found = Read(call, "id = $1", {id});
  if (!found) return std::move(found).error();
  if (found->empty() || IsOver(found->front(), found->front().used_at)) return std::optional<sdk::Session>();
  return std::optional(std::move(found->front()));
}

sdk::Status Sessions::Change(const sdk::Call& call, std::string_view owner, std::string_view id,
                             const sdk::SessionChange& change) {
  const auto now = InSeconds(clock_());
  const auto key_id = secrets_.KeyId();
  std::optional<std::string> sealed;
  if (change.data) {
    if (change.data->size() > kMaxDataBytes) return Invalid("data: want at most 65536 octets");
    auto data = secrets_.Seal(kSessionPurpose, *change.data, id);
    if (!data) return std::move(data).error();
    sealed = *std::move(data);
  }
  if (change.expires_at && *change.expires_at <= now) return Invalid("expires_at: want a time to come");
  auto changed = Update(
      call,
      "UPDATE sluice_sessions SET data = coalesce($1, data), key_id = CASE WHEN $1 IS NULL THEN key_id "
      "ELSE $2 END, expires_at = coalesce($3, expires_at) WHERE id = $4 AND owner = $5 AND "
      "expires_at > $6 AND (idle_seconds = 0 OR used_at + idle_seconds > $6)",
      {sealed ? sdk::SqlParam::Bytes(*sealed) : sdk::SqlParam(nullptr), key_id, change.expires_at, id, owner, now});
  if (!changed) return std::move(changed).error();
  if (!*changed) return NoSession();
  Forget(id);
  static_cast<void>(bus_.Publish(kChannel, id));  // others find out within kFresh all the same
  return sdk::Ok();
}

sdk::Status Sessions::Close(const sdk::Call& call, std::string_view owner, std::string_view id) {
  auto closed = Update(call, "DELETE FROM sluice_sessions WHERE id = $1 AND owner = $2", {id, owner});
  if (!closed) return std::move(closed).error();
  if (!*closed) return NoSession();
  Forget(id);
  static_cast<void>(bus_.Publish(kChannel, id));  // as for Change
  return sdk::Ok();
}

sdk::Status Sessions::List(const sdk::Call& call, std::string_view owner, std::string_view subject,
                           std::uint32_t offset, std::uint32_t limit, sdk::SessionSink& sink) {
  if (limit < 1 || limit > 500) return Invalid("limit: want 1 to 500");
  auto found = Read(call,
                    "owner = $1 AND ($2 = '' OR subject = $2) AND expires_at > $3 AND (idle_seconds = 0 OR used_at + "
                    "idle_seconds > $3) ORDER BY created_at DESC, id LIMIT $4 OFFSET $5",
                    {owner, subject, InSeconds(clock_()), limit, offset});
  if (!found) return std::move(found).error();
  for (const auto& session : *found) {
    if (!sink.Put(session)) break;
  }
  return sdk::Ok();
}

sdk::Result<std::optional<Sessions::Use>> Sessions::Look(const sdk::Call& call, std::string_view condition,
                                                         const std::string& key) {
  const auto news = news_count_.load();
  if (auto use = Recall(key)) return use;
  auto found = Read(call, condition, {key});
  if (!found) return std::move(found).error();
  if (found->empty() || IsOver(found->front(), found->front().used_at)) return std::optional<Use>();
  return std::optional(Remember(key, std::move(found->front()), news));
}

Sessions::Use Sessions::Using(Known& known, Time now) {
  known.used_at = std::max(known.used_at, InSeconds(now));
  const auto idle = known.session->idle_timeout;
  const bool is_to_be_noted =
      idle > seconds(0) && now - known.written_use_at >= std::max(idle / kUsesNoted, seconds(1));
  if (is_to_be_noted) known.written_use_at = now;
  return {.session = known.session, .used_at = known.used_at, .is_to_be_noted = is_to_be_noted};
}

std::optional<Sessions::Use> Sessions::Recall(const std::string& key) {
  const auto now = clock_();
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  auto& known = *found->second;
  if (IsOver(*known.session, known.used_at) || now - known.read_at >= kFresh) {
    known_.erase(found->second);
    by_key_.erase(found);
    return std::nullopt;
  }
  known_.splice(known_.begin(), known_, found->second);
  return Using(known, now);
}

Sessions::Use Sessions::Remember(const std::string& key, sdk::Session session, std::uint64_t news) {
  const auto now = clock_();
  const auto used_at = session.used_at;
  Known known{.key = key,
              .session = std::make_shared<const sdk::Session>(std::move(session)),
              .used_at = used_at,
              .read_at = now,
              .written_use_at = used_at};
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {  // somebody read it at the same time
    return Using(*found->second, now);
  }
  auto use = Using(known, now);
  if (news_count_.load() != news) return use;  // what was read may have changed since
  known_.push_front(std::move(known));
  by_key_[key] = known_.begin();
  while (known_.size() > kMostInMemory) {
    by_key_.erase(known_.back().key);
    known_.pop_back();
  }
  return use;
}

void Sessions::Forget(std::optional<std::string_view> id) {
  const std::lock_guard lock(mutex_);
  ++news_count_;
  for (auto known = known_.begin(); known != known_.end();) {
    if (id && known->session->id != *id) {
      ++known;
      continue;
    }
    by_key_.erase(known->key);
    known = known_.erase(known);
  }
}

sdk::Status Sessions::NoteUse(const sdk::Call& call, const Use& use) {
  if (!use.is_to_be_noted) return sdk::Ok();
  auto noted = Update(call, "UPDATE sluice_sessions SET used_at = $1 WHERE id = $2 AND used_at < $1",
                      {use.used_at, use.session->id});
  return noted ? sdk::Ok() : sdk::Status(std::move(noted).error());
}

bool Sessions::IsOver(const sdk::Session& session, sdk::Seconds used_at) const {
  const auto now = InSeconds(clock_());
  return session.expires_at <= now || (session.idle_timeout > seconds(0) && used_at + session.idle_timeout <= now);
}

sdk::Result<std::vector<sdk::Session>> Sessions::Read(const sdk::Call& call, std::string_view condition,
                                                      std::vector<sdk::SqlParam> params) {
  if (auto ready = tables_.Ensure(call); !ready) return std::move(ready).error();
  const auto sql = "SELECT " + std::string(kColumns) + " FROM sluice_sessions WHERE " + std::string(condition);
  auto found = database_.Read(call, sql, params);
  if (!found) return std::move(found).error();
  std::vector<sdk::Session> sessions;
  for (auto& row : found->rows) {
    sdk::Session session{.id = std::move(row[0].text),
                         .owner = std::move(row[1].text),
                         .subject = std::move(row[2].text),
                         .created_at = TimeOf(row[5]),
                         .expires_at = TimeOf(row[6]),
                         .idle_timeout = seconds(row[7].integer),
                         .used_at = TimeOf(row[8])};
    const auto scopes = nlohmann::json::parse(row[3].text, nullptr, false);
    if (scopes.is_array()) session.scopes = scopes.get<std::vector<std::string>>();
    auto data = secrets_.Open(kSessionPurpose, row[4].text, session.id);
    if (!data) {
      return sdk::Error{.code = sdk::Errc::kInternal,
                        .message = "session " + session.id + " was sealed with a key that this server does not have"};
    }
    session.data = *std::move(data);
    sessions.push_back(std::move(session));
  }
  return sessions;
}

sdk::Result<bool> Sessions::Update(const sdk::Call& call, std::string_view sql, std::vector<sdk::SqlParam> params) {
  if (auto ready = tables_.Ensure(call); !ready) return std::move(ready).error();
  bool changed = false;
  auto done = database_.Change(call, [&](Transaction& transaction) -> sdk::Status {
    auto result = transaction.Run(sql, std::span<const sdk::SqlParam>(params));
    if (!result) return std::move(result).error();
    changed = result->changed > 0;
    return sdk::Ok();
  });
  if (!done) return std::move(done).error();
  return changed;
}

}  // namespace sluice::state
