// SPDX-License-Identifier: MIT
#include "core/config/redis_url.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "core/config/values.hpp"

namespace sluice::config {
namespace {

constexpr std::uint32_t kMaxDatabase = 1'000'000;

template <typename T>
bool ReadWhole(std::string_view digits, T& out) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc() && end == digits.data() + digits.size();
}

std::optional<std::string> Decode(std::string_view text) {
  const auto visible = [](char c) { return c > ' ' && c < '\x7F'; };
  if (!std::all_of(text.begin(), text.end(), visible)) return std::nullopt;
  try {
    std::string decoded;
    Poco::URI::decode(std::string(text), decoded);
    return decoded;
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

bool ReadUser(std::string_view text, RedisUrl& out) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto user = Decode(text.substr(0, colon));
  const auto password = Decode(text.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  out.user = *user;
  out.password = *password;
  return true;
}

bool ReadHost(std::string_view text, RedisUrl& out) {
  if (!IsOriginUrl("http://" + std::string(text))) return false;
  const auto colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos;
  if (has_port && (!ReadWhole(text.substr(colon + 1), out.port) || out.port == 0)) return false;
  auto host = has_port ? text.substr(0, colon) : text;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  out.host = host;
  return true;
}

}  // namespace

std::optional<RedisUrl> ParseRedisUrl(std::string_view url) {
  static constexpr std::string_view kScheme = "redis://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  RedisUrl out;
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    if (!ReadUser(url.substr(0, at), out)) return std::nullopt;
    url.remove_prefix(at + 1);
  }
  const auto slash = std::min(url.find('/'), url.size());
  const auto database = url.substr(std::min(slash + 1, url.size()));
  if (!ReadHost(url.substr(0, slash), out)) return std::nullopt;
  if (!database.empty() && (!ReadWhole(database, out.database) || out.database > kMaxDatabase)) return std::nullopt;
  return out;
}

}  // namespace sluice::config
