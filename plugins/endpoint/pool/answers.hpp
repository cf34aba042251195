// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What all routes share: a request, members of its JSON, answers.

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <sluice/sdk/database.hpp>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/host.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sluice::plugins::pool {

using Json = nlohmann::ordered_json;

struct Request {
  const sdk::Call& call;
  const sdk::RequestHead& head;
  std::string_view body;
  sdk::ResponseWriter& response;

  /// A capture of the route; empty: there is none of that name.
  std::string_view Param(std::string_view name) const;
};

inline constexpr const char* kOperatorScope = "admin";

/// A route and who answers it.
struct Served {
  sdk::Route route;
  std::function<sdk::Status(const Request&)> answer;
};

template <typename Api>
Served ServedBy(Api* api, const char* method, std::string path, const char* scope,
                sdk::Status (Api::*answer)(const Request&)) {
  return {.route = {.method = method, .path_template = std::move(path), .scope = scope},
          .answer = [api, answer](const Request& request) { return (api->*answer)(request); }};
}

sdk::Error Invalid(std::string message);
sdk::Error NotFound(std::string message);

/// The object that is the body; kInvalidArgument for anything else.
sdk::Result<Json> ReadObject(std::string_view body);

/// Members of an object; one that is null counts as absent. \param name  as the message says it: "/label" is the member
/// "label", and so is "label".
/// \returns  kInvalidArgument that names the member and says what was wanted: text is UTF-8 without control characters.
sdk::Result<std::optional<std::string>> TextMember(const Json& object, const char* name, std::size_t max_bytes);
sdk::Result<std::optional<std::int64_t>> NumberMember(const Json& object, const char* name, std::int64_t min,
                                                      std::int64_t max);
sdk::Result<std::optional<bool>> TruthMember(const Json& object, const char* name);
/// The same for what must be there, and not empty.
sdk::Result<std::string> RequiredText(const Json& object, const char* name, std::size_t max_bytes);

/// Refuses members of other names: one that is misspelt would do nothing. \param names  "/label".
sdk::Status CheckMembers(const Json& object, std::initializer_list<std::string_view> names);

/// A whole number in decimal digits, perhaps with a minus; nothing: it is something else.
std::optional<std::int64_t> WholeNumber(std::string_view text);

/// The first parameter of that name, decoded; nothing: it is not there. \returns  kInvalidArgument that names it.
sdk::Result<std::optional<std::string>> QueryText(const Request& request, const char* name, std::size_t max_bytes);
sdk::Result<std::optional<std::int64_t>> QueryNumber(const Request& request, const char* name, std::int64_t min,
                                                     std::int64_t max);

std::string TextOf(const Json& json);

/// \param caching  the Cache-Control field.
sdk::Status SendJson(const Request& request, int status, const Json& json, std::string_view caching = "no-store");
sdk::Status SendNothing(const Request& request);

std::int64_t Now(const sdk::Host& host);

/// A truth value, a number or a text of a row; NULL is null.
Json ValueOf(const sdk::SqlValue& value);

/// One statement whose rows do not matter. \returns  how many it changed.
sdk::Result<std::uint64_t> Change(sdk::SqlTransaction& transaction, std::string_view sql,
                                  std::initializer_list<sdk::SqlParam> params);

}  // namespace sluice::plugins::pool
