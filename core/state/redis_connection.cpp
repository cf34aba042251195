// SPDX-License-Identifier: MIT
#include "core/state/redis_connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Redis/Type.h>

#include <exception>
#include <limits>
#include <utility>

namespace sluice::state {
namespace {

constexpr std::string_view kClientName = "sluice";

sdk::Error Failed(std::string why) { return {.code = sdk::Errc::kUpstreamFailed, .message = std::move(why)}; }

}  // namespace

std::string NameOf(const RedisOptions& options) {
  const bool v6 = options.host.find(':') != std::string::npos;
  return "redis " + (v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
}

RedisConnection::RedisConnection(const net::Event& stop)
    : raw_(new RedisSocket(stop)), socket_(raw_), input_(socket_) {}

sdk::Result<std::unique_ptr<RedisConnection>> RedisConnection::Open(const RedisOptions& options,
                                                                    const Poco::Net::SocketAddress& address,
                                                                    const net::Event& stop,
                                                                    RedisClock::time_point deadline) {
  std::unique_ptr<RedisConnection> connection(new RedisConnection(stop));
  connection->raw_->SetDeadline(deadline);
  if (!connection->raw_->Connect(address)) return connection->Trouble("cannot connect");
  if (auto signed_in = connection->SignIn(options, deadline); !signed_in) return std::move(signed_in).error();
  return connection;
}

sdk::Status RedisConnection::SignIn(const RedisOptions& options, RedisClock::time_point deadline) {
  std::string commands;
  std::size_t count = 0;
  const auto add = [&](const std::string& command) {
    commands += command;
    ++count;
  };
  if (!options.user.empty()) {
    add(RedisCommand({"AUTH", options.user, options.password}));
  } else if (!options.password.empty()) {
    add(RedisCommand({"AUTH", options.password}));
  }
  if (options.database != 0) add(RedisCommand({"SELECT", std::to_string(options.database)}));
  add(RedisCommand({"PING"}));
  add(RedisCommand({"CLIENT", "SETNAME", kClientName}));  // for people; a server that forbids it is used all the same
  const auto replies = Exchange(commands, count, deadline);
  if (!replies) return replies.error();
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const auto& reply = (*replies)[i];
    if (reply.kind == RedisReply::Kind::kError) return Failed("signing in: " + RedisErrorText(reply.text));
  }
  return sdk::Ok();
}

sdk::Error RedisConnection::Trouble(std::string_view otherwise) const {
  return Failed(raw_->trouble().empty() ? std::string(otherwise) : raw_->trouble());
}

sdk::Result<std::vector<RedisReply>> RedisConnection::Exchange(std::string_view commands, std::size_t count,
                                                               RedisClock::time_point deadline) {
  if (auto sent = Send(commands, deadline); !sent) return std::move(sent).error();
  std::vector<RedisReply> replies;
  replies.reserve(count);
  while (replies.size() < count) {
    auto reply = Read(deadline);
    if (!reply) return std::move(reply).error();
    replies.push_back(std::move(*reply));
  }
  return replies;
}

sdk::Status RedisConnection::Send(std::string_view commands, RedisClock::time_point deadline) {
  raw_->SetDeadline(deadline);
  while (!commands.empty()) {
    const auto part = commands.substr(0, std::numeric_limits<int>::max());
    if (raw_->sendBytes(part.data(), static_cast<int>(part.size()), 0) < 0) return Trouble("cannot send");
    commands.remove_prefix(part.size());
  }
  return sdk::Ok();
}

sdk::Result<RedisReply> RedisConnection::Read(RedisClock::time_point deadline) {
  raw_->SetDeadline(deadline);
  try {
    auto type = Poco::Redis::RedisType::createRedisType(static_cast<char>(input_.get()));
    if (!input_.good()) return Trouble("the connection was closed");
    if (type.isNull()) return Failed("what answers is no Redis server");
    type->read(input_);
    // Poco fills up a text that was cut short, and says nothing.
    if (!input_.good()) return Trouble("the connection was closed");
    return ToReply(*type);
  } catch (const Poco::Exception&) {
    return Trouble("what answers is no Redis server");
  } catch (const std::exception& error) {
    return Failed(error.what());  // a length that no memory holds
  }
}

bool RedisConnection::WaitReadable(RedisClock::time_point until) {
  return input_.rdbuf()->in_avail() > 0 || raw_->WaitReadable(until);
}

}  // namespace sluice::state
