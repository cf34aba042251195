// SPDX-License-Identifier: MIT
#include "users_api.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "devices.hpp"
#include "digest.hpp"
#include "event_log.hpp"
#include "keyring.hpp"
#include "paging.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::int64_t kMaxDevices = 1000;
constexpr std::size_t kTokenBytes = 32;

constexpr const char* kSelect =
    "SELECT u.id, u.name, u.disabled, u.device_limit, u.created_at, "
    "(SELECT count(*) FROM {devices} d WHERE d.user_id = u.id) FROM {users} u";

Json JsonOfUser(const sdk::SqlRow& row) {
  return Json{{"id", row[0].text},
              {"name", row[1].text},
              {"disabled", row[2].integer != 0},
              {"device_limit", ValueOf(row[3])},
              {"devices", row[5].integer},
              {"created_at", row[4].integer}};
}

Place PlaceOf(const sdk::SqlRow& row) { return {.at = row[4].integer, .id = row[0].text}; }

sdk::Error NoUser() { return NotFound("there is no such user"); }

/// For LIKE with ESCAPE '!'.
std::string Pattern(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') out += '!';
    out += sdk::LowerLetter(c);
  }
  return out + "%";
}

/// What a request changes of a user; nothing: it stays.
struct UserEdit {
  std::optional<std::string> name{};
  std::optional<bool> disabled{};
  std::optional<std::int64_t> device_limit{};
  bool clears_limit = false;
};

sdk::Result<UserEdit> ReadEdit(const Json& body) {
  auto name = TextMember(body, "/name", kMaxName);
  if (!name) return std::move(name).error();
  if (*name && (*name)->empty()) return Invalid("/name: is empty; want text");
  const auto disabled = TruthMember(body, "/disabled");
  if (!disabled) return disabled.error();
  const auto limit = NumberMember(body, "/device_limit", 1, kMaxDevices);
  if (!limit) return limit.error();
  return UserEdit{.name = *std::move(name),
                  .disabled = *disabled,
                  .device_limit = *limit,
                  .clears_limit = body.contains("device_limit") && !*limit};
}

sdk::Status Apply(sdk::SqlTransaction& transaction, std::string_view id, const UserEdit& edit, std::int64_t now) {
  const auto row = transaction.Run("SELECT disabled FROM {users} WHERE id = $1", {id});
  if (!row) return row.error();
  if (row->rows.empty()) return NoUser();
  if (edit.name) {
    const auto done = Change(transaction, "UPDATE {users} SET name = $1 WHERE id = $2", {*edit.name, id});
    if (!done) return done.error();
  }
  if (edit.device_limit || edit.clears_limit) {
    const auto done = Change(transaction, "UPDATE {users} SET device_limit = CAST($1 AS BIGINT) WHERE id = $2",
                             {edit.device_limit, id});
    if (!done) return done.error();
  }
  if (!edit.disabled || *edit.disabled == (row->rows[0][0].integer != 0)) return sdk::Ok();
  const auto done = Change(transaction, "UPDATE {users} SET disabled = $1 WHERE id = $2", {*edit.disabled ? 1 : 0, id});
  if (!done) return done.error();
  return AddEvent(transaction, *edit.disabled ? kRevoked : kRestored, id, now);
}

}  // namespace

UsersApi::UsersApi(sdk::Host host, const Settings& settings) : host_(std::move(host)), settings_(settings) {}

std::vector<Served> UsersApi::Routes() {
  const auto served = [this](const char* method, const char* path, sdk::Status (UsersApi::*answer)(const Request&)) {
    return ServedBy(this, method, path, kOperatorScope, answer);
  };
  return {served("POST", "/users", &UsersApi::Create),
          served("GET", "/users", &UsersApi::List),
          served("GET", "/users/{id}", &UsersApi::Show),
          served("PATCH", "/users/{id}", &UsersApi::Edit),
          served("DELETE", "/users/{id}", &UsersApi::Delete),
          served("POST", "/users/{id}/link", &UsersApi::RenewLink),
          served("PUT", "/users/{id}/keys/{store}", &UsersApi::Assign),
          served("DELETE", "/users/{id}/keys/{store}", &UsersApi::Unassign),
          served("GET", "/users/{id}/devices", &UsersApi::ListDevices),
          served("DELETE", "/users/{id}/devices/{device}", &UsersApi::DropDevice)};
}

std::string UsersApi::LinkOf(std::string_view token) const {
  return settings_.base_url + settings_.link_path + "/" + std::string(token);
}

sdk::Result<Json> UsersApi::Read(const sdk::Call& call, std::string_view id) const {
  const auto row = host_.database().Read(call, std::string(kSelect) + " WHERE u.id = $1", {id});
  if (!row) return row.error();
  if (row->rows.empty()) return NoUser();
  auto user = JsonOfUser(row->rows[0]);
  const auto keys = host_.database().Read(
      call, "SELECT store, key_id FROM {assignments} WHERE user_id = $1 ORDER BY store LIMIT 1000", {id});
  if (!keys) return keys.error();
  user["keys"] = Json::object();
  for (const auto& key : keys->rows) user["keys"][key[0].text] = key[1].text;
  return user;
}

sdk::Status UsersApi::Create(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return body.error();
  if (auto known = CheckMembers(*body, {"/id", "/name", "/device_limit"}); !known) return known;
  const auto name = RequiredText(*body, "/name", kMaxName);
  if (!name) return name.error();
  const auto limit = NumberMember(*body, "/device_limit", 1, kMaxDevices);
  if (!limit) return limit.error();
  const auto given = TextMember(*body, "/id", kMaxName);
  if (!given) return given.error();
  if (*given && !(sdk::IsUuid(**given) && sdk::LowerCase(**given) == **given))
    return Invalid("/id: want a UUID in lower case");
  const auto id = given->value_or(MakeUuid(host_));
  const auto token = sdk::Base64UrlEncode(host_.secrets().Random(kTokenBytes));
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto added =
        Change(transaction, "INSERT INTO {users} VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
               {id, *name, *limit, Now(host_), sdk::HexEncode(Sha256(token))});
    if (!added) return added.error();
    return *added == 1 ? sdk::Ok() : sdk::Status(Invalid("/id: is another user's"));
  });
  if (!done) return done;
  auto user = Read(request.call, id);
  if (!user) return std::move(user).error();
  (*user)["link"] = LinkOf(token);
  return SendJson(request, 201, *user);
}

sdk::Status UsersApi::List(const Request& request) {
  const auto page = ReadPage(request);
  if (!page) return page.error();
  const auto search = QueryText(request, "search", kMaxName);
  if (!search) return search.error();
  const auto key = QueryText(request, "key", kMaxName);
  if (!key) return key.error();
  const auto pattern = Pattern(search->value_or(""));
  Query query(kSelect);
  if (*search) query.Where("(lower(u.name) LIKE ? ESCAPE '!' OR u.id LIKE ? ESCAPE '!')", pattern);
  if (*key) query.Where("u.id IN (SELECT user_id FROM {assignments} WHERE key_id = ?)", **key);
  if (page->after) query.WhereBehind("u.created_at, u.id", ">", *page->after);
  query.Then(" ORDER BY u.created_at, u.id");
  query.Limit(page->rows());
  auto result = query.Run(host_, request.call);
  if (!result) return std::move(result).error();
  return SendJson(request, 200, PageOf("users", std::move(result->rows), *page, PlaceOf, JsonOfUser));
}

sdk::Status UsersApi::Show(const Request& request) {
  const auto user = Read(request.call, request.Param("id"));
  return user ? SendJson(request, 200, *user) : sdk::Status(user.error());
}

sdk::Status UsersApi::Edit(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return body.error();
  if (auto known = CheckMembers(*body, {"/name", "/disabled", "/device_limit"}); !known) return known;
  const auto edit = ReadEdit(*body);
  if (!edit) return edit.error();
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) {
    return Apply(transaction, request.Param("id"), *edit, Now(host_));
  });
  return done ? Show(request) : done;
}

sdk::Status UsersApi::Delete(const Request& request) {
  const auto id = request.Param("id");
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto deleted = Change(transaction, "DELETE FROM {users} WHERE id = $1", {id});
    if (!deleted) return deleted.error();
    return *deleted == 1 ? AddEvent(transaction, kRevoked, id, Now(host_)) : sdk::Status(NoUser());
  });
  return done ? SendNothing(request) : done;
}

sdk::Status UsersApi::RenewLink(const Request& request) {
  const auto token = sdk::Base64UrlEncode(host_.secrets().Random(kTokenBytes));
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto set = Change(transaction, "UPDATE {users} SET link_hash = $1 WHERE id = $2",
                            {sdk::HexEncode(Sha256(token)), request.Param("id")});
    if (!set) return set.error();
    return *set == 1 ? sdk::Ok() : sdk::Status(NoUser());
  });
  return done ? SendJson(request, 200, {{"link", LinkOf(token)}}) : done;
}

sdk::Status UsersApi::Assign(const Request& request) {
  const auto body = ReadObject(request.body);
  if (!body) return body.error();
  if (auto known = CheckMembers(*body, {"/key"}); !known) return known;
  const auto key = RequiredText(*body, "/key", kMaxName);
  if (!key) return key.error();
  const auto store = request.Param("store");
  const auto id = request.Param("id");
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto user = transaction.Run("SELECT 1 FROM {users} WHERE id = $1", {id});
    if (!user) return user.error();
    if (user->rows.empty()) return NoUser();
    const auto is_active =
        transaction.Run("SELECT 1 FROM {keys} WHERE id = $1 AND store = $2 AND state = 'active'", {*key, store});
    if (!is_active) return is_active.error();
    if (is_active->rows.empty()) return Invalid("/key: want the id of an active key of that store");
    return AssignKey(transaction, id, store, *key, Now(host_));
  });
  return done ? Show(request) : done;
}

sdk::Status UsersApi::Unassign(const Request& request) {
  const auto done = host_.database().Transact(request.call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto dropped = Change(transaction, "DELETE FROM {assignments} WHERE user_id = $1 AND store = $2",
                                {request.Param("id"), request.Param("store")});
    if (!dropped) return dropped.error();
    return *dropped == 1 ? sdk::Ok() : sdk::Status(NotFound("the user has no key of that store"));
  });
  return done ? SendNothing(request) : done;
}

sdk::Status UsersApi::ListDevices(const Request& request) {
  const auto page = ReadPage(request);
  if (!page) return page.error();
  const auto user = Read(request.call, request.Param("id"));
  if (!user) return user.error();
  auto devices = ReadDevices(host_, request.call, request.Param("id"), page->rows(), page->after);
  if (!devices) return std::move(devices).error();
  const auto place = [](const Device& device) { return Place{.at = device.first_seen, .id = device.id}; };
  const auto make = [](const Device& device) { return JsonOf(device); };
  return SendJson(request, 200, PageOf("devices", *std::move(devices), *page, place, make));
}

sdk::Status UsersApi::DropDevice(const Request& request) {
  const auto dropped = pool::DropDevice(host_, request.call, request.Param("id"), request.Param("device"));
  if (!dropped) return dropped.error();
  return *dropped ? SendNothing(request) : sdk::Status(NotFound("the user has no such device"));
}

}  // namespace sluice::plugins::pool
