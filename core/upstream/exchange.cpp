// SPDX-License-Identifier: MIT
#include "core/upstream/exchange.hpp"

#include <algorithm>
#include <array>

#include "core/http/head_scanner.hpp"

namespace sluice::upstream {
namespace {

constexpr int kMaxInterim = 8;
constexpr std::size_t kReadBytes = 16 * 1024;

class HeadReader {
 public:
  HeadReader(Connection& connection, const sdk::Call& call, const ExchangeRequest& request)
      : connection_(connection), call_(call), request_(request) {}

  std::variant<ExchangeResult, ExchangeFailure> Read() {
    for (int heads = 0; heads <= kMaxInterim; ++heads) {
      if (auto failure = FillHead()) return std::move(*failure);
      ExchangeResult result;
      const auto head = std::string_view(buffer_).substr(0, head_bytes_);
      if (const auto fault = http::Fault(ParseResponseHead(head, request_.to_head, result.head));
          fault != http::Fault::kNone) {
        return Protocol(http::MessageOf(fault));
      }
      buffer_.erase(0, head_bytes_);
      scanned_ = 0;
      if (result.head.status == 101) return Protocol("want no change of protocol");
      if (result.head.status < 200) continue;
      result.leftover = std::move(buffer_);
      return result;
    }
    return Protocol("want at most 8 interim responses");
  }

 private:
  /// Reads until the buffer starts with a whole head.
  std::optional<ExchangeFailure> FillHead() {
    for (;;) {
      const auto end = http::FindHeadEnd(buffer_, scanned_);
      if (end.state == http::HeadEnd::State::kFault) return Protocol(http::MessageOf(end.fault));
      if (end.state == http::HeadEnd::State::kComplete && end.size <= kMaxHeadBytes) {
        head_bytes_ = end.size;
        return std::nullopt;
      }
      if (buffer_.size() > kMaxHeadBytes) return Protocol("want a response head of at most 64 KiB");
      std::array<char, kReadBytes> room;  // heads are short: a buffer of full size would have to be cleared
      std::size_t got = 0;
      const auto limit = std::min(request_.deadline, After(request_.read_timeout));
      const auto io = connection_.Read(std::as_writable_bytes(std::span(room)), call_, limit, got);
      if (io != Io::kDone) {
        const bool broke = io == Io::kEnd || io == Io::kBroken;
        return ExchangeFailure{FailureOf(io, connection_.origin(), "a response head"),
                               broke && !answered_ && connection_.reused()};
      }
      buffer_.append(room.data(), got);
      answered_ = true;
    }
  }

  ExchangeFailure Protocol(std::string_view message) const {
    return {{Reason::kProtocol, sdk::Errc::kUpstreamFailed,
             connection_.origin().Label() + ": bad response: " + std::string(message)},
            false};
  }

  Connection& connection_;
  const sdk::Call& call_;
  const ExchangeRequest& request_;
  std::string buffer_;
  std::size_t scanned_ = 0;
  std::size_t head_bytes_ = 0;
  bool answered_ = false;
};

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

std::variant<ExchangeResult, ExchangeFailure> RunExchange(Connection& connection, const sdk::Call& call,
                                                          const ExchangeRequest& request) {
  auto io = connection.Write(request.head, call, request.read_timeout, request.deadline);
  if (io == Io::kDone) io = connection.Write(request.body, call, request.read_timeout, request.deadline);
  if (io == Io::kTimeout || io == Io::kCancelled) {
    return ExchangeFailure{FailureOf(io, connection.origin(), "the request to be taken"), false};
  }
  // A broken write may have an answer waiting: "413" and a closed door.
  auto result = HeadReader(connection, call, request).Read();
  if (auto* answer = std::get_if<ExchangeResult>(&result); answer != nullptr && io != Io::kDone) {
    answer->head.keep_alive = false;
  }
  return result;
}

}  // namespace sluice::upstream
