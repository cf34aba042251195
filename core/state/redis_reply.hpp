// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What is said to a Redis server and what it answers (RESP 2), made and read by Poco::Redis.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace Poco::Redis {
class RedisType;
}

namespace sluice::state {

struct RedisReply {
  enum class Kind : std::uint8_t { kNothing, kText, kWhole, kList, kError };
  Kind kind = Kind::kNothing;
  std::string text = {};    ///< kText, kError. Any octets.
  std::int64_t number = 0;  ///< kWhole.
  std::vector<RedisReply> list = {};
};

RedisReply ToReply(const Poco::Redis::RedisType& reply);

/// A command as it is sent. Its parts may hold any octets.
std::string RedisCommand(std::initializer_list<std::string_view> parts);

/// What an error of the server's says, without the arguments that it may quote.
std::string RedisErrorText(std::string_view text);

/// A server that answers so is of no use for the time being, whatever is asked: "LOADING", "READONLY", …
bool IsUnfit(const RedisReply& reply);

}  // namespace sluice::state
