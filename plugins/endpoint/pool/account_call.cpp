// SPDX-License-Identifier: MIT
#include "account_call.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::pool {
namespace {

using Json = nlohmann::json;

constexpr std::array kCalls{
    AccountCall{.store = "torbox",
                .origin = "https://api.torbox.app",
                .target = "/v1/api/user/me",
                .member = "/success",
                .good = "true",
                .error = "/error"},
    AccountCall{.store = "realdebrid",
                .origin = "https://api.real-debrid.com",
                .target = "/rest/1.0/user",
                .member = "",
                .good = "",
                .error = "/error",
                .spared = {"ip_not_allowed"}},
    AccountCall{.store = "alldebrid",
                .origin = "https://api.alldebrid.com",
                .target = "/v4/user?agent=sluice",
                .member = "/status",
                .good = "\"success\"",
                .error = "/error/code",
                .dead = {"AUTH_BAD_APIKEY", "AUTH_MISSING_APIKEY", "AUTH_USER_BANNED"},
                .spared = {"AUTH_BLOCKED"}},
};

constexpr std::size_t kMaxName = 40;
constexpr std::size_t kMaxBody = 256UL * 1024;

/// The name of an error, if it looks like one: what else stands there may repeat the key.
std::string ErrorName(const Json& body, std::string_view pointer) {
  if (!body.is_object()) return {};
  const Json::json_pointer at{std::string(pointer)};
  if (!body.contains(at) || !body.at(at).is_string()) return {};
  auto name = body.at(at).get<std::string>();
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return name.size() <= kMaxName && std::all_of(name.begin(), name.end(), is_letter) ? name : std::string();
}

template <typename Names>
bool Holds(const Names& names, std::string_view name) {
  return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

bool IsGood(const AccountCall& call, const Json& body) {
  if (!body.is_object()) return false;
  if (call.member.empty()) return true;
  const Json::json_pointer at{std::string(call.member)};
  return body.contains(at) && body.at(at).dump() == call.good;
}

}  // namespace

const AccountCall* FindAccountCall(std::string_view store) {
  const auto* const found =
      std::find_if(kCalls.begin(), kCalls.end(), [&](const AccountCall& call) { return call.store == store; });
  return found == kCalls.end() ? nullptr : found;
}

sdk::HttpRequest RequestOf(const AccountCall& call, std::string_view origin, std::string_view key) {
  return {.method = "GET",
          .url = std::string(origin.empty() ? call.origin : origin).append(call.target),
          .headers = {{"Authorization", "Bearer " + std::string(key)}, {"Accept", "application/json"}},
          .max_body_bytes = kMaxBody};
}

Finding Judge(const AccountCall& call, const sdk::HttpResponse& response) {
  const auto body = Json::parse(response.body, nullptr, false);
  if (response.status == 200 && IsGood(call, body)) return {.health = Health::kAlive};
  const auto name = ErrorName(body, call.error);
  const auto url = sdk::ParseUrl(response.url);
  Finding finding{.health = Health::kUnknown,
                  .reason = std::string(url ? url->host : call.store) + " answered " + std::to_string(response.status) +
                            (name.empty() ? "" : " " + name)};
  const bool refused = response.status == 401 || (response.status == 403 && body.is_object());
  const bool is_dead = Holds(call.dead, name) || (refused && !Holds(call.spared, name));
  if (is_dead) finding.health = Health::kDead;
  return finding;
}

}  // namespace sluice::plugins::pool
