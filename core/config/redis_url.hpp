// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RedisUrl: where a Redis server is, and how to sign in.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::config {

struct RedisUrl {
  std::string host;  ///< A name, or an address without brackets.
  std::uint16_t port = 6379;
  std::string user;      ///< Empty: the server's default user.
  std::string password;  ///< Secret. Empty: none.
  std::uint32_t database = 0;
};

inline constexpr std::string_view kRedisUrlForm = "redis://[[user]:password@]host[:port][/database]";

/// Of the form above; user and password percent-encoded where they hold other characters than a URL may. Nothing: it is
/// none.
std::optional<RedisUrl> ParseRedisUrl(std::string_view url);

}  // namespace sluice::config
