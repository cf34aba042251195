// SPDX-License-Identifier: MIT
#include "core/state/redis_kv.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "core/state/kv_limits.hpp"
#include "core/state/redis_client.hpp"

namespace sluice::state {
namespace {

using Kind = RedisReply::Kind;

/// KEYS: the key. ARGV: what is expected, the value, seconds or 0.
constexpr std::string_view kPutIfScript =
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end "
    "if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2]) "
    "else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end "
    "return 1";

/// KEYS: the key. ARGV: by how much, seconds or 0. Answers a text: Lua's numbers have 53 bits.
constexpr std::string_view kIncrementScript =
    "local fresh = redis.call('EXISTS', KEYS[1]) == 0 "
    "local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1]) "
    "if type(sum) == 'table' then return sum end "
    "if fresh and ARGV[2] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[2]) end "
    "return redis.call('GET', KEYS[1])";

std::string WholeKey(std::string_view key) { return std::string(kRedisPrefix) + std::string(key); }

std::string SecondsOf(std::chrono::seconds ttl) { return std::to_string(KvTtl(ttl).count()); }

class RedisKv final : public KvStore {
 public:
  explicit RedisKv(RedisClient& client) : client_(client) {}

  sdk::Result<std::optional<std::string>> Get(std::string_view key) override {
    auto reply = client_.Run(RedisOperation::kGet, RedisCommand({"GET", WholeKey(key)}));
    if (!reply) return std::move(reply).error();
    if (reply->kind == Kind::kNothing) return std::optional<std::string>();
    if (reply->kind != Kind::kText) return client_.Unexpected(*reply);
    return std::optional(std::move(reply->text));
  }

  sdk::Status Put(std::string_view key, std::string_view value, std::chrono::seconds ttl) override {
    if (auto sizes = CheckKvSizes(key, value); !sizes) return sizes;
    const auto seconds = SecondsOf(ttl);
    const auto whole = WholeKey(key);
    const auto reply =
        client_.Run(RedisOperation::kPut, seconds == "0" ? RedisCommand({"SET", whole, value})
                                                         : RedisCommand({"SET", whole, value, "EX", seconds}));
    if (!reply) return reply.error();
    return reply->kind == Kind::kText ? sdk::Ok() : client_.Unexpected(*reply);
  }

  sdk::Result<bool> PutIf(std::string_view key, std::optional<std::string_view> expected, std::string_view value,
                          std::chrono::seconds ttl) override {
    if (auto sizes = CheckKvSizes(key, value); !sizes) return std::move(sizes).error();
    const auto seconds = SecondsOf(ttl);
    const auto whole = WholeKey(key);
    const auto reply = client_.Run(
        RedisOperation::kPutIf, expected ? RedisCommand({"EVAL", kPutIfScript, "1", whole, *expected, value, seconds})
                                : seconds == "0" ? RedisCommand({"SET", whole, value, "NX"})
                                                 : RedisCommand({"SET", whole, value, "NX", "EX", seconds}));
    if (!reply) return reply.error();
    if (reply->kind == Kind::kWhole) return reply->number == 1;
    if (reply->kind == Kind::kError || reply->kind == Kind::kList) return client_.Unexpected(*reply);
    return reply->kind == Kind::kText;
  }

  sdk::Result<std::int64_t> Increment(std::string_view key, std::int64_t by, std::chrono::seconds ttl) override {
    if (auto sizes = CheckKvSizes(key); !sizes) return std::move(sizes).error();
    const auto reply =
        client_.Run(RedisOperation::kIncrement,
                    RedisCommand({"EVAL", kIncrementScript, "1", WholeKey(key), std::to_string(by), SecondsOf(ttl)}));
    if (!reply) return reply.error();
    const auto& text = reply->text;
    if (reply->kind == Kind::kError &&
        (text.find("not an integer") != std::string::npos || text.find("would overflow") != std::string::npos)) {
      return NoKvSum();
    }
    std::int64_t sum = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sum);
    if (reply->kind != Kind::kText || error != std::errc() || end != text.data() + text.size()) {
      return client_.Unexpected(*reply);
    }
    return sum;
  }

  sdk::Status Erase(std::string_view key) override {
    const auto reply = client_.Run(RedisOperation::kErase, RedisCommand({"DEL", WholeKey(key)}));
    if (!reply) return reply.error();
    return reply->kind == Kind::kWhole ? sdk::Ok() : client_.Unexpected(*reply);
  }

 private:
  RedisClient& client_;
};

}  // namespace

std::unique_ptr<KvStore> MakeRedisKv(RedisClient& client) { return std::make_unique<RedisKv>(client); }

}  // namespace sluice::state
