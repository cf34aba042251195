// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Exchange: one request and the head of its response on one connection.

#include <chrono>
#include <optional>
#include <sluice/sdk/call.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "core/upstream/connection.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/response_head.hpp"

namespace sluice::upstream {

struct ExchangeFailure {
  Failure failure;
  /// The connection had been idle and broke before any octet of an answer: the origin may never have seen the request.
  bool stale = false;
};

struct ExchangeResult {
  ResponseHead head;
  std::string leftover;  ///< What arrived after the head.
};

struct ExchangeRequest {
  std::string_view head;
  std::string_view body;
  bool to_head = false;
  std::chrono::milliseconds read_timeout{};  ///< Between two reads that made progress.
  Clock::time_point deadline;
};

/// Sends a request and reads up to the head of the final response; up to 8 interim ones are skipped. An origin that
/// answers before it has read the whole body is heard. Used once, on an idle connection, which is of no use after a
/// failure. Threads: one at a time.
class Exchange {
 public:
  using Outcome = std::variant<ExchangeResult, ExchangeFailure>;

  /// \param connection  outlives this, and so do the views in `request`.
  Exchange(Connection& connection, const ExchangeRequest& request) : connection_(connection), request_(request) {}

  /// Comes first. Blocks for as long as the origin does not take the request.
  std::optional<ExchangeFailure> Send(const sdk::Call& call);
  /// Takes what has come of the answer. \returns nothing: the rest has to be waited for.
  std::optional<Outcome> Receive();
  Awaited awaited() const { return {connection_.fd(), events_, until_}; }
  /// When waiting was in vain. \param why  not kReady.
  ExchangeFailure GiveUp(Wait why) const;

 private:
  std::optional<Outcome> TakeHead(std::size_t size);
  ExchangeFailure Protocol(std::string_view message) const;
  ExchangeFailure Broken(Io io) const;

  Connection& connection_;
  const ExchangeRequest request_;
  std::string buffer_;
  std::size_t scanned_ = 0;
  int interim_ = 0;
  short events_ = 0;
  Clock::time_point until_{};
  bool sent_whole_ = false;
  bool answered_ = false;
};

/// Send and Receive, waiting in between.
Exchange::Outcome RunExchange(Connection& connection, const sdk::Call& call, const ExchangeRequest& request);

/// The failure that a read or write outcome other than kDone stands for.
/// \param wanted  what was being waited for: "a response head".
Failure FailureOf(Io io, const Origin& origin, std::string_view wanted);

}  // namespace sluice::upstream
