// SPDX-License-Identifier: MIT
#include "core/upstream/exchange.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "core/http/head_scanner.hpp"

namespace sluice::upstream {
namespace {

constexpr int kMaxInterim = 8;
constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::string_view kWanted = "a response head";

}  // namespace

Failure FailureOf(Io io, const Origin& origin, std::string_view wanted) {
  switch (io) {
    case Io::kTimeout:
      return {Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
              origin.Label() + ": want " + std::string(wanted) + " in time"};
    case Io::kCancelled:
      return {Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"};
    case Io::kDone:
    case Io::kEnd:
    case Io::kBroken:
      break;
  }
  return {Reason::kBrokenOff, sdk::Errc::kUpstreamFailed,
          origin.Label() + ": want " + std::string(wanted) + ", the connection broke off"};
}

std::optional<ExchangeFailure> Exchange::Send(const sdk::Call& call) {
  auto io = connection_.Write(request_.head, call, request_.read_timeout, request_.deadline);
  if (io == Io::kDone) io = connection_.Write(request_.body, call, request_.read_timeout, request_.deadline);
  if (io == Io::kTimeout || io == Io::kCancelled) {
    return ExchangeFailure{FailureOf(io, connection_.origin(), "the request to be taken"), false};
  }
  // A broken write may have an answer waiting: "413" and a closed door.
  sent_whole_ = io == Io::kDone;
  events_ = POLLIN;
  until_ = std::min(request_.deadline, After(request_.read_timeout));
  return std::nullopt;
}

std::optional<Exchange::Outcome> Exchange::Receive() {
  for (;;) {
    const auto end = http::FindHeadEnd(buffer_, scanned_);
    if (end.state == http::HeadEnd::State::kFault) return Protocol(http::MessageOf(end.fault));
    if (end.state == http::HeadEnd::State::kComplete && end.size <= kMaxHeadBytes) {
      if (auto outcome = TakeHead(end.size)) return outcome;
      continue;
    }
    if (buffer_.size() > kMaxHeadBytes) return Protocol("want a response head of at most 64 KiB");
    std::array<char, kReadBytes> room;  // heads are short: a buffer of full size would have to be cleared
    std::size_t got = 0;
    const auto now = connection_.TryRead(std::as_writable_bytes(std::span(room)), got);
    if (net::MustWait(now)) {
      events_ = net::EventsFor(now);
      return std::nullopt;
    }
    if (now != net::Now::kDone) return Broken(now == net::Now::kEnd ? Io::kEnd : Io::kBroken);
    buffer_.append(room.data(), got);
    answered_ = true;
    until_ = std::min(request_.deadline, After(request_.read_timeout));
  }
}

/// \returns  nothing after an interim response.
std::optional<Exchange::Outcome> Exchange::TakeHead(std::size_t size) {
  ExchangeResult result;
  const auto fault = ParseResponseHead(std::string_view(buffer_).substr(0, size), request_.to_head, result.head);
  if (fault != http::Fault::kNone) return Protocol(http::MessageOf(fault));
  buffer_.erase(0, size);
  scanned_ = 0;
  if (result.head.status == 101) return Protocol("want no change of protocol");
  if (result.head.status < 200) {
    if (++interim_ > kMaxInterim) return Protocol("want at most 8 interim responses");
    return std::nullopt;
  }
  if (!sent_whole_) result.head.keep_alive = false;
  result.leftover = std::move(buffer_);
  return result;
}

ExchangeFailure Exchange::GiveUp(Wait why) const {
  return Broken(why == Wait::kTimeout ? Io::kTimeout : Io::kCancelled);
}

ExchangeFailure Exchange::Broken(Io io) const {
  const bool broke = io == Io::kEnd || io == Io::kBroken;
  return {FailureOf(io, connection_.origin(), kWanted), broke && !answered_ && connection_.reused()};
}

ExchangeFailure Exchange::Protocol(std::string_view message) const {
  return {{Reason::kProtocol, sdk::Errc::kUpstreamFailed,
           connection_.origin().Label() + ": bad response: " + std::string(message)},
          false};
}

Exchange::Outcome RunExchange(Connection& connection, const sdk::Call& call, const ExchangeRequest& request) {
  Exchange exchange(connection, request);
  if (auto failure = exchange.Send(call)) return std::move(*failure);
  for (;;) {
    if (auto outcome = exchange.Receive()) return std::move(*outcome);
    const auto wait = WaitFor(exchange.awaited(), call);
    if (wait != Wait::kReady) return exchange.GiveUp(wait);
  }
}

}  // namespace sluice::upstream
