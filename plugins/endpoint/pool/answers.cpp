// SPDX-License-Identifier: MIT
#include "answers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "endpoint/common/reply.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyz_";

bool IsPlain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

std::string EscapeQuotes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

const Json* Member(const Json& object, const char* name) {
  const auto found = object.find(name + (*name == '/' ? 1 : 0));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

std::string_view Request::Param(std::string_view name) const {
  for (const auto& param : head.params) {
    if (param.name == name) return param.value;
  }
  return {};
}

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }
sdk::Error NotFound(std::string message) { return {.code = sdk::Errc::kNotFound, .message = std::move(message)}; }

sdk::Result<Json> ReadObject(std::string_view body) {
  auto json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return Invalid("body: want a JSON object");
  return json;
}

sdk::Result<std::optional<std::string>> TextMember(const Json& object, const char* name, std::size_t max_bytes) {
  const auto* const member = Member(object, name);
  if (member == nullptr) return std::optional<std::string>{};
  if (member->is_string()) {
    const auto& text = member->get_ref<const std::string&>();
    if (text.size() <= max_bytes && IsPlain(text)) return std::optional(text);
  }
  return Invalid(std::string(name) + ": want text of at most " + std::to_string(max_bytes) +
                 " octets, without control characters");
}

sdk::Result<std::optional<std::int64_t>> NumberMember(const Json& object, const char* name, std::int64_t min,
                                                      std::int64_t max) {
  const auto* const member = Member(object, name);
  if (member == nullptr) return std::optional<std::int64_t>{};
  const bool fits = member->is_number_integer() &&
                    (!member->is_number_unsigned() || member->get<std::uint64_t>() <= static_cast<std::uint64_t>(max));
  if (fits) {
    const auto number = member->get<std::int64_t>();
    if (number >= min && number <= max) return std::optional(number);
  }
  return Invalid(std::string(name) + ": want a whole number from " + std::to_string(min) + " to " +
                 std::to_string(max));
}

sdk::Result<std::optional<bool>> TruthMember(const Json& object, const char* name) {
  const auto* const member = Member(object, name);
  if (member == nullptr) return std::optional<bool>{};
  if (member->is_boolean()) return std::optional(member->get<bool>());
  return Invalid(std::string(name) + ": want true or false");
}

sdk::Result<std::string> RequiredText(const Json& object, const char* name, std::size_t max_bytes) {
  auto text = TextMember(object, name, max_bytes);
  if (!text) return std::move(text).error();
  if (!*text || (*text)->empty()) {
    return Invalid(std::string(name) + ": is missing; want text of 1 to " + std::to_string(max_bytes) + " octets");
  }
  return **std::move(text);
}

sdk::Status CheckMembers(const Json& object, std::initializer_list<std::string_view> names) {
  for (const auto& item : object.items()) {
    const auto& member = item.key();
    if (std::any_of(names.begin(), names.end(), [&](std::string_view name) { return name.substr(1) == member; }))
      continue;
    std::string wanted;
    for (const auto name : names) wanted.append(wanted.empty() ? "" : ", ").append(name);
    // A secret that was put in the wrong place is not repeated.
    const bool is_word = member.size() <= 32 && member.find_first_not_of(kWord) == std::string::npos;
    return Invalid((is_word ? "/" + member : std::string("body")) + ": is not known here; want " + wanted);
  }
  return sdk::Ok();
}

std::optional<std::int64_t> WholeNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

sdk::Result<std::optional<std::string>> QueryText(const Request& request, const char* name, std::size_t max_bytes) {
  const auto raw = sdk::QueryParam(request.head.query, name);
  if (!raw) return std::optional<std::string>{};
  auto text = sdk::PercentDecode(*raw);
  // A query need not be UTF-8, and PostgreSQL wants it to be.
  if (text && text->size() <= max_bytes && IsPlain(*text) && Json::accept("\"" + EscapeQuotes(*text) + "\"")) {
    return std::optional(*std::move(text));
  }
  return Invalid(std::string(name) + ": want at most " + std::to_string(max_bytes) +
                 " octets of UTF-8, percent-encoded, without control characters");
}

sdk::Result<std::optional<std::int64_t>> QueryNumber(const Request& request, const char* name, std::int64_t min,
                                                     std::int64_t max) {
  const auto raw = sdk::QueryParam(request.head.query, name);
  if (!raw) return std::optional<std::int64_t>{};
  const auto number = WholeNumber(*raw);
  if (number && *number >= min && *number <= max) return number;
  return Invalid(std::string(name) + ": want a whole number from " + std::to_string(min) + " to " +
                 std::to_string(max));
}

std::string TextOf(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

sdk::Status SendJson(const Request& request, int status, const Json& json, std::string_view caching) {
  return endpoint::ReplyJson(request.response, status, TextOf(json), caching);
}

sdk::Status SendNothing(const Request& request) {
  const std::array headers{sdk::Header{"Cache-Control", "no-store"}};
  return request.response.Start(204, headers);
}

std::int64_t Now(const sdk::Host& host) {
  return std::chrono::floor<std::chrono::seconds>(host.clock().Now()).time_since_epoch().count();
}

Json ValueOf(const sdk::SqlValue& value) {
  switch (value.type) {
    case sdk::SqlType::kInteger:
      return value.integer;
    case sdk::SqlType::kReal:
      return value.real;
    case sdk::SqlType::kText:
    case sdk::SqlType::kBytes:
      return value.text;
    case sdk::SqlType::kNull:
      break;
  }
  return nullptr;
}

sdk::Result<std::uint64_t> Change(sdk::SqlTransaction& transaction, std::string_view sql,
                                  std::initializer_list<sdk::SqlParam> params) {
  auto result = transaction.Run(sql, params);
  if (!result) return std::move(result).error();
  return result->changed;
}

}  // namespace sluice::plugins::pool
