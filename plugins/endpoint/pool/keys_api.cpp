// SPDX-License-Identifier: MIT
#include "keys_api.hpp"

#include <algorithm>
#include <utility>

#include "digest.hpp"
#include "event_log.hpp"
#include "keyring.hpp"
#include "paging.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::size_t kMaxLabel = 128;
constexpr std::size_t kMaxStore = 64;
constexpr std::size_t kMaxSecret = 1024;
constexpr std::int64_t kMaxUsers = 1'000'000;

constexpr const char* kSelect =
    "SELECT k.id, k.store, k.label, k.state, k.fault, k.max_users, k.created_at, k.checked_at, "
    "(SELECT count(*) FROM {assignments} a WHERE a.key_id = k.id) FROM {keys} k";

Json JsonOf(const sdk::SqlRow& row) {
  return Json{{"id", row[0].text},
              {"store", row[1].text},
              {"label", row[2].text},
              {"state", row[3].text},
              {"fault", row[4].text},
              {"users", row[8].integer},
              {"max_users", ValueOf(row[5])},
              {"created_at", row[6].integer},
              {"checked_at", row[7].integer}};
}

Place PlaceOf(const sdk::SqlRow& row) { return {.at = row[6].integer, .id = row[0].text}; }

sdk::Error NoKey() { return NotFound("there is no such key"); }

bool IsStore(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
}

struct NewKey {
  std::string store;
  std::string label;
  std::string secret;
  std::optional<std::int64_t> max_users;
};

sdk::Result<NewKey> ReadNewKey(const Json& body) {
  if (auto known = CheckMembers(body, {"/store", "/label", "/secret", "/max_users"}); !known) {
    return std::move(known).error();
  }
  auto store = RequiredText(body, "/store", kMaxStore);
  if (!store) return std::move(store).error();
  if (!IsStore(*store)) return Invalid("/store: want the type of a store, such as \"torbox\"");
  auto label = TextMember(body, "/label", kMaxLabel);
  if (!label) return std::move(label).error();
  auto secret = RequiredText(body, "/secret", kMaxSecret);
  if (!secret) return std::move(secret).error();
  // It goes into a header field.
  if (std::any_of(secret->begin(), secret->end(), [](char c) { return c <= ' ' || c > '~'; })) {
    return Invalid("/secret: want visible characters of ASCII, without white space");
  }
  const auto max_users = NumberMember(body, "/max_users", 1, kMaxUsers);
  if (!max_users) return max_users.error();
  return NewKey{
      .store = *std::move(store), .label = label->value_or(""), .secret = *std::move(secret), .max_users = *max_users};
}

/// What a request changes of a key; nothing: it stays.
struct KeyEdit {
  std::optional<std::string> label{};
  std::optional<bool> disabled{};
  std::optional<std::int64_t> max_users{};
  bool clears_max_users = false;
};

sdk::Result<KeyEdit> ReadEdit(const Json& body) {
  if (auto known = CheckMembers(body, {"/label", "/disabled", "/max_users"}); !known) return std::move(known).error();
  auto label = TextMember(body, "/label", kMaxLabel);
  if (!label) return std::move(label).error();
  const auto disabled = TruthMember(body, "/disabled");
  if (!disabled) return disabled.error();
  const auto max_users = NumberMember(body, "/max_users", 1, kMaxUsers);
  if (!max_users) return max_users.error();
  return KeyEdit{.label = *std::move(label),
                 .disabled = *disabled,
                 .max_users = *max_users,
                 .clears_max_users = body.contains("max_users") && !*max_users};
}

sdk::Status Apply(sdk::SqlTransaction& transaction, std::string_view id, const KeyEdit& edit, std::int64_t now) {
  const auto row = transaction.Run("SELECT store, state FROM {keys} WHERE id = $1", {id});
  if (!row) return row.error();
  if (row->rows.empty()) return NoKey();
  if (edit.label) {
    const auto done = Change(transaction, "UPDATE {keys} SET label = $1 WHERE id = $2", {*edit.label, id});
    if (!done) return done.error();
  }
  if (edit.max_users || edit.clears_max_users) {
    const auto done =
        Change(transaction, "UPDATE {keys} SET max_users = CAST($1 AS BIGINT) WHERE id = $2", {edit.max_users, id});
    if (!done) return done.error();
  }
  const auto& state = row->rows[0][1].text;
  if (!edit.disabled || (*edit.disabled ? state == kDisabled : state == kActive)) return sdk::Ok();
  if (*edit.disabled) return Retire(transaction, id, row->rows[0][0].text, kDisabled, "", now);
  const auto done = Change(transaction, "UPDATE {keys} SET state = $1, fault = '' WHERE id = $2", {kActive, id});
  return done ? sdk::Ok() : sdk::Status(done.error());
}

}  // namespace

KeysApi::KeysApi(sdk::Host host, const KeyHealth& health) : host_(std::move(host)), health_(health) {}

std::vector<Served> KeysApi::Routes() {
  const auto served = [this](const char* method, const char* path, sdk::Status (KeysApi::*answer)(const Request&)) {
    return ServedBy(this, method, path, kOperatorScope, answer);
  };
  return {served("POST", "/keys", &KeysApi::Create),        served("GET", "/keys", &KeysApi::List),
          served("GET", "/keys/{id}", &KeysApi::Show),      served("PATCH", "/keys/{id}", &KeysApi::Edit),
          served("DELETE", "/keys/{id}", &KeysApi::Delete), served("POST", "/keys/{id}/check", &KeysApi::Check)};
}

sdk::Result<Json> KeysApi::Read(const sdk::Call& call, std::string_view id) const {
  const auto row = host_.database().Read(call, std::string(kSelect) + " WHERE k.id = $1", {id});
  if (!row) return row.error();
  if (row->rows.empty()) return NoKey();
  return JsonOf(row->rows[0]);
}

sdk::Status KeysApi::Create(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return body.error();
  const auto key = ReadNewKey(*body);
  if (!key) return key.error();
  const auto id = MakeUuid(host_);
  const auto sealed = host_.secrets().Seal(key->secret, id);
  if (!sealed) return sealed.error();
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto added = Change(
        transaction, "INSERT INTO {keys} VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, 0) ON CONFLICT (id) DO NOTHING",
        {id, key->store, key->label, sdk::SqlParam::Bytes(*sealed), host_.secrets().KeyId(), kActive, key->max_users,
         Now(host_)});
    return added ? sdk::Ok() : sdk::Status(added.error());
  });
  if (!done) return done;
  const auto made = Read(request.call, id);
  return made ? SendJson(request, 201, *made) : sdk::Status(made.error());
}

sdk::Status KeysApi::List(const Request& request) {
  const auto page = ReadPage(request);
  if (!page) return page.error();
  const auto store = QueryText(request, "store", kMaxStore);
  if (!store) return store.error();
  const auto state = QueryText(request, "state", kMaxStore);
  if (!state) return state.error();
  if (*state && **state != kActive && **state != kDisabled && **state != kDead) {
    return Invalid("state: want active, disabled or dead");
  }
  Query query(kSelect);
  if (*store) query.Where("k.store = ?", **store);
  if (*state) query.Where("k.state = ?", **state);
  if (page->after) query.WhereBehind("k.created_at, k.id", ">", *page->after);
  query.Then(" ORDER BY k.created_at, k.id");
  query.Limit(page->rows());
  auto result = query.Run(host_, request.call);
  if (!result) return std::move(result).error();
  return SendJson(request, 200, PageOf("keys", std::move(result->rows), *page, PlaceOf, JsonOf));
}

sdk::Status KeysApi::Show(const Request& request) {
  const auto key = Read(request.call, request.Param("id"));
  return key ? SendJson(request, 200, *key) : sdk::Status(key.error());
}

sdk::Status KeysApi::Check(const Request& request) {
  const auto id = std::string(request.Param("id"));
  const auto finding = health_.Check(request.call, id);
  if (!finding) return finding.error();
  auto key = Read(request.call, id);
  if (!key) return std::move(key).error();
  return SendJson(request, 200, {{"result", NameOf(finding->health)}, {"reason", finding->reason}, {"key", *key}});
}

sdk::Status KeysApi::Edit(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return body.error();
  const auto edit = ReadEdit(*body);
  if (!edit) return edit.error();
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) {
    return Apply(transaction, request.Param("id"), *edit, Now(host_));
  });
  return done ? Show(request) : done;
}

sdk::Status KeysApi::Delete(const Request& request) {
  const auto id = request.Param("id");
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto row = transaction.Run("SELECT store FROM {keys} WHERE id = $1", {id});
    if (!row) return row.error();
    if (row->rows.empty()) return NoKey();
    if (auto retired = Retire(transaction, id, row->rows[0][0].text, kDisabled, "", Now(host_)); !retired) {
      return retired;
    }
    const auto deleted = Change(transaction, "DELETE FROM {keys} WHERE id = $1", {id});
    return deleted ? sdk::Ok() : sdk::Status(deleted.error());
  });
  return done ? SendNothing(request) : done;
}

}  // namespace sluice::plugins::pool
