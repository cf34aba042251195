// SPDX-License-Identifier: MIT
#include "core/state/redis_socket.hpp"

#include <Poco/Exception.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/net/event.hpp"

namespace sluice::state {
namespace {

/// "connection refused"
std::string Words(int error) {
  auto text = std::generic_category().message(error);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

int MillisecondsUntil(RedisClock::time_point until) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(until - RedisClock::now());
  return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(3'600'000)).count());
}

}  // namespace

bool RedisSocket::Failed(std::string trouble) {
  trouble_ = std::move(trouble);
  return false;
}

bool RedisSocket::Wait(short events, RedisClock::time_point until) {
  while (true) {
    std::array<pollfd, 2> fds{{{sockfd(), events, 0}, {stop_.fd(), POLLIN, 0}}};
    const int timeout = MillisecondsUntil(until);
    const int ready = ::poll(fds.data(), fds.size(), timeout);
    if (ready < 0 && errno != EINTR) return Failed(Words(errno));
    if (ready > 0 && fds[1].revents != 0) return Failed("the server stops");
    if (ready > 0) return true;
    if (ready == 0 && RedisClock::now() >= until) return Failed("no answer in time");
  }
}

bool RedisSocket::Connect(const Poco::Net::SocketAddress& address) {
  try {
    connectNB(address);
    if (!Wait(POLLOUT, deadline_)) return false;
    if (const int error = socketError(); error != 0) return Failed(Words(error));
    setNoDelay(true);
    return true;
  } catch (const Poco::Exception& error) {
    return Failed(error.code() != 0 ? Words(error.code()) : error.displayText());
  }
}

bool RedisSocket::WaitReadable(RedisClock::time_point until) { return Wait(POLLIN, until); }

int RedisSocket::receiveBytes(void* buffer, int length, int flags) {
  while (Wait(POLLIN, deadline_)) {
    const auto read = ::recv(sockfd(), buffer, static_cast<std::size_t>(length), flags | MSG_DONTWAIT);
    if (read == 0) Failed("the connection was closed");
    if (read >= 0) return static_cast<int>(read);
    if (errno == EINTR || errno == EAGAIN) continue;
    Failed(Words(errno));
    break;
  }
  return -1;
}

int RedisSocket::sendBytes(const void* buffer, int length, int flags) {
  const auto* const octets = static_cast<const char*>(buffer);
  int sent = 0;
  while (sent < length) {
    if (!Wait(POLLOUT, deadline_)) return -1;
    const auto wrote =
        ::send(sockfd(), octets + sent, static_cast<std::size_t>(length - sent), flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    if (wrote >= 0) {
      sent += static_cast<int>(wrote);
    } else if (errno != EINTR && errno != EAGAIN) {
      Failed(Words(errno));
      return -1;
    }
  }
  return sent;
}

}  // namespace sluice::state
