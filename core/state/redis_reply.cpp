// SPDX-License-Identifier: MIT
#include "core/state/redis_reply.hpp"

#include <Poco/Redis/Array.h>
#include <Poco/Redis/Error.h>
#include <Poco/Redis/Type.h>

#include <algorithm>
#include <array>

namespace sluice::state {
namespace {

namespace redis = Poco::Redis;

template <typename T>
const T& ValueOf(const redis::RedisType& reply) {
  return static_cast<const redis::Type<T>&>(reply).value();
}

}  // namespace

RedisReply ToReply(const redis::RedisType& reply) {
  using Kind = RedisReply::Kind;
  if (reply.isInteger()) return {.kind = Kind::kWhole, .number = ValueOf<Poco::Int64>(reply)};
  if (reply.isSimpleString()) return {.kind = Kind::kText, .text = ValueOf<std::string>(reply)};
  if (reply.isError()) return {.kind = Kind::kError, .text = ValueOf<redis::Error>(reply).getMessage()};
  if (reply.isBulkString()) {
    const auto& value = ValueOf<redis::BulkString>(reply);
    return value.isNull() ? RedisReply{} : RedisReply{.kind = Kind::kText, .text = value.value()};
  }
  const auto& array = ValueOf<redis::Array>(reply);
  if (array.isNull()) return {};
  RedisReply list{.kind = Kind::kList};
  for (const auto& element : array) list.list.push_back(ToReply(*element));
  return list;
}

std::string RedisCommand(std::initializer_list<std::string_view> parts) {
  redis::Array command;
  for (const auto part : parts) command.add(std::string(part));
  return command.toString();
}

std::string RedisErrorText(std::string_view text) {
  static constexpr std::size_t kMost = 160;
  return std::string(text.substr(0, std::min(text.find(", with args"), kMost)));
}

bool IsUnfit(const RedisReply& reply) {
  static constexpr std::array<std::string_view, 4> kCodes = {"LOADING", "MASTERDOWN", "NOAUTH", "READONLY"};
  const auto code = reply.text.substr(0, reply.text.find(' '));
  return reply.kind == RedisReply::Kind::kError && std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

}  // namespace sluice::state
