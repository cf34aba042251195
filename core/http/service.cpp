// SPDX-License-Identifier: MIT
#include "core/http/service.hpp"

#include <algorithm>
#include <exception>

#include "core/http/error_reply.hpp"
#include "core/http/request_body.hpp"
#include "core/http/request_id.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t kMaxLineBytes = 16 * 1024;
constexpr std::size_t kInputRoom = 32 * 1024;  // beside a head of full size: bodies are read through it

HeadLimits LimitsOf(const ServerOptions& options) {
  return {.max_line_bytes = std::min<std::size_t>(kMaxLineBytes, options.max_head_bytes),
          .max_head_bytes = options.max_head_bytes,
          .max_fields = options.max_headers};
}

std::string_view CodeOf(Fault fault) {
  const auto status = http::StatusOf(fault);
  return http::CodeOf(status == 501 || status == 505 ? sdk::Errc::kUnsupported : sdk::Errc::kInvalidArgument);
}

/// What is too long already, though its end has not come.
Fault CheckPartialHead(std::string_view head, const HeadLimits& limits) {
  if (head.size() > limits.max_line_bytes && head.substr(0, limits.max_line_bytes + 2).find('\n') == head.npos) {
    return Fault::kLineTooLong;
  }
  return head.size() > limits.max_head_bytes ? Fault::kHeadTooLarge : Fault::kNone;
}

}  // namespace

ConnectionService::ConnectionService(const ExchangeContext& context, const Handler& handler, ConnectionTable& table)
    : context_(context),
      handler_(handler),
      table_(table),
      limits_(LimitsOf(context.options)),
      input_(limits_.max_head_bytes + kInputRoom) {}

void ConnectionService::Serve(Connection& connection) {
  if (connection.phase == Phase::kUpstream) return Resume(connection);
  if (connection.phase == Phase::kBody) return CollectBody(connection);
  if (connection.phase == Phase::kLinger) return Linger(connection);
  if (connection.phase == Phase::kFlush) return Flush(connection);
  if (connection.phase == Phase::kHandshake && !ShakeHands(connection)) return;
  input_.Assign(connection.pending);
  if (connection.phase == Phase::kDrain) {
    if (Continue(connection)) ServeHeads(connection);
    return;
  }
  const auto received = ReceiveNow(connection, input_.Space());
  // Woken for what was received earlier, behind a request whose response was detached.
  const bool pending = received.state == ReceiveState::kNothingYet && !input_.empty();
  if (received.state == ReceiveState::kNothingYet && !pending) return WaitForMore(connection);
  if (received.state != ReceiveState::kData && !pending) return table_.Close(connection);
  input_.Grow(received.size);
  ServeHeads(connection);
}

bool ConnectionService::ShakeHands(Connection& connection) {
  switch (connection.tls->Handshake()) {
    case net::Now::kDone:
      context_.metrics.TlsHandshake(connection.tls->resumed() ? HandshakeResult::kResumed : HandshakeResult::kFull);
      table_.EndWait(connection);
      return true;
    case net::Now::kWantRead:
    case net::Now::kWantWrite:
      ParkOrClose(connection, Phase::kHandshake);
      return false;
    case net::Now::kEnd:
    case net::Now::kBroken:
      break;
  }
  context_.metrics.TlsHandshake(HandshakeResult::kFailed);
  telemetry::Log(telemetry::Level::kDebug, "TLS handshake failed",
                 {{"listener", context_.options.listeners[connection.listener].name},
                  {"client", connection.peer_ip},
                  {"reason", connection.tls->fault()}});
  table_.Close(connection);
  return false;
}

void ConnectionService::ServeHeads(Connection& connection) {
  while (true) {
    if (!connection.empty_line_seen && input_.view().starts_with("\r\n")) {
      connection.empty_line_seen = true;  // RFC 9112 §2.2: one is ignored
      connection.scanned = 0;
      input_.Consume(2);
    }
    std::size_t scanned = connection.scanned;
    const auto end = FindHeadEnd(input_.view(), scanned);
    connection.scanned = static_cast<std::uint32_t>(scanned);
    if (end.state == HeadEnd::State::kFault) return Refuse(connection, end.fault);
    if (end.state == HeadEnd::State::kIncomplete) {
      const auto fault = CheckPartialHead(input_.view(), limits_);
      if (fault != Fault::kNone) return Refuse(connection, fault);
      if (!HasPending(connection)) return WaitForMore(connection);
      const auto received = ReceiveNow(connection, input_.Space());
      if (received.state == ReceiveState::kNothingYet) return WaitForMore(connection);
      if (received.state != ReceiveState::kData) return table_.Close(connection);
      input_.Grow(received.size);
      continue;
    }
    if (!ServeOne(connection, end.size)) return;
  }
}

bool ConnectionService::ServeOne(Connection& connection, std::size_t head_size) {
  table_.EndWait(connection);
  connection.scanned = 0;
  connection.empty_line_seen = false;
  const auto fault = CheckRequest(input_.view().substr(0, head_size), limits_, checked_);
  if (fault != Fault::kNone) {
    Refuse(connection, fault);
    return false;
  }
  auto exchange = std::make_unique<Exchange>(context_, connection, input_, checked_);
  input_.Consume(head_size);
  if (const auto bad = CheckBody(connection); bad != Fault::kNone) {
    exchange.reset();
    Refuse(connection, bad);
    return false;
  }
  return Run(connection, std::move(exchange), handler_);
}

Fault ConnectionService::CheckBody(Connection& connection) {
  if (connection.body.kind != BodyState::Kind::kChunked) return Fault::kNone;
  if (input_.empty()) {
    const auto received = ReceiveNow(connection, input_.Space());
    if (received.state == ReceiveState::kData) input_.Grow(received.size);  // its end is for whoever reads the body
  }
  return LookAhead(connection.body, input_.view()).fault;
}

template <typename Work>
bool ConnectionService::Run(Connection& connection, std::unique_ptr<Exchange> exchange, const Work& work) {
  const auto failed = [&](std::string_view message, std::string_view reason) {
    context_.metrics.HandlerFailed();
    telemetry::Log(telemetry::Level::kError, message, {{"request_id", exchange->request_id()}, {"reason", reason}});
  };
  bool suspended = false;
  try {
    work(*exchange);
    suspended = exchange->End() == Exchange::Outcome::kSuspended;
    if (!suspended && !exchange->started()) failed("handler gave no answer", "returned");
  } catch (const std::exception& error) {
    failed("handler threw", error.what());
  } catch (...) {
    failed("handler threw", "not a std::exception");
  }
  if (suspended) {
    Suspend(connection, std::move(exchange));
    return false;
  }
  auto outcome = Exchange::Outcome::kBroken;
  const sdk::Error error{.code = sdk::Errc::kInternal, .message = "the request could not be handled"};
  if (exchange->started() || ReplyError(*exchange, error)) outcome = exchange->End();
  const auto mode = exchange->mode();
  exchange.reset();
  if (outcome == Exchange::Outcome::kDetached) return false;
  if (outcome == Exchange::Outcome::kBroken) {
    context_.metrics.BrokenResponse();
    // Where the close is what ends the body, an orderly one would make a part look like the whole.
    table_.Close(connection, mode == BodyMode::kUntilClose);
    return false;
  }
  const bool keep = outcome == Exchange::Outcome::kKeep;
  if (connection.unsent.empty()) return Conclude(connection, keep);
  connection.keep_after_flush = keep;
  connection.pending.assign(input_.view());
  ParkOrClose(connection, Phase::kFlush);
  return false;
}

bool ConnectionService::Conclude(Connection& connection, bool keep) {
  if (keep) {
    connection.discard_left = Exchange::kMaxDrainBytes;
    return Continue(connection);
  }
  // Octets that nobody reads would turn the close into a reset, which may destroy what the client has not read.
  if (input_.empty() && connection.body.done() && !HasInput(connection)) {
    table_.Close(connection);
  } else {
    StartLinger(connection);
  }
  return false;
}

void ConnectionService::Flush(Connection& connection) {
  const auto had = connection.unsent.size();
  const auto state = FlushUnsent(connection);
  if (state == SendState::kBroken) {
    context_.metrics.BrokenResponse();
    return table_.Close(connection, true);
  }
  if (connection.unsent.size() < had) table_.EndWait(connection);
  if (state != SendState::kSent) return ParkOrClose(connection, Phase::kFlush);
  input_.Assign(connection.pending);
  if (Conclude(connection, connection.keep_after_flush)) ServeHeads(connection);
}

void ConnectionService::Suspend(Connection& connection, std::unique_ptr<Exchange> exchange) {
  try {
    connection.pending.assign(input_.view());
    connection.suspended = Exchange::TakeSuspended(std::move(exchange));
  } catch (const std::bad_alloc&) {
    exchange.reset();
    context_.metrics.BrokenResponse();
    return table_.Close(connection);
  }
  ParkOrClose(connection, connection.suspended->fd < 0 ? Phase::kBody : Phase::kUpstream);
}

void ConnectionService::CollectBody(Connection& connection) {
  auto& exchange = *connection.suspended->exchange;
  input_.Assign(connection.pending);
  exchange.Resume(input_);
  const auto had = exchange.collected_bytes();
  const bool goes_on = exchange.CollectMore();
  connection.pending.assign(input_.view());
  if (goes_on || exchange.collected_bytes() > had) table_.EndWait(connection);
  if (goes_on) return Resume(connection);
  ParkOrClose(connection, Phase::kBody);
}

void ConnectionService::Resume(Connection& connection) {
  connection.phase = Phase::kIdle;
  input_.Assign(connection.pending);
  auto suspended = std::move(connection.suspended);
  auto exchange = std::move(suspended->exchange);
  exchange->Resume(input_);
  auto& then = suspended->then;
  if (Run(connection, std::move(exchange), [&](Exchange&) {
        auto& continuation = *then;
        continuation.Resume(std::move(then));
      })) {
    ServeHeads(connection);
  }
}

void ConnectionService::ResumeAwake(Connection& connection) {
  table_.EndWait(connection);
  connection.suspended->exchange->StayAwake();
  Resume(connection);
}

void ConnectionService::LookAround(Connection& connection) {
  const auto& suspended = *connection.suspended;
  const bool go_on = suspended.exchange->ClientGone() || suspended.until - std::chrono::steady_clock::now() < kNextLook;
  table_.EndWait(connection);
  // Not by this thread: others wait to be looked at.
  const auto parking = go_on ? table_.ParkAwake(connection) : table_.Park(connection, Phase::kUpstream);
  if (parking != ConnectionTable::Parking::kParked) ResumeAwake(connection);
}

bool ConnectionService::Continue(Connection& connection) {
  switch (DiscardBody(connection, input_)) {
    case Discarded::kAll:
      table_.EndWait(connection);
      return true;
    case Discarded::kWaiting:
      connection.pending.clear();
      ParkOrClose(connection, Phase::kDrain);
      return false;
    case Discarded::kTooMuch:
      StartLinger(connection);
      return false;
    case Discarded::kBroken:
      table_.Close(connection);
      return false;
  }
  return false;
}

void ConnectionService::WaitForMore(Connection& connection) {
  if (input_.empty() && !connection.empty_line_seen) {
    if (connection.pending.capacity() > 0) std::string().swap(connection.pending);
    ParkOrClose(connection, Phase::kIdle);
    return;
  }
  connection.pending.assign(input_.view());
  ParkOrClose(connection, Phase::kHead);
}

void ConnectionService::Refuse(Connection& connection, Fault fault) {
  context_.metrics.BadRequest(fault);
  SendRefusal(connection, http::StatusOf(fault), CodeOf(fault), MessageOf(fault), ReasonOf(fault));
  StartLinger(connection);
}

void ConnectionService::SendRefusal(Connection& connection, int status, std::string_view code, std::string_view message,
                                    std::string_view reason) {
  const auto id = MakeRequestId();
  SendNow(connection, FarewellReply(status, code, message, id));
  if (!context_.options.on_refused) return;
  context_.options.on_refused({.request_id = id,
                               .listener = context_.options.listeners[connection.listener].name,
                               .client_ip = connection.peer_ip,
                               .status = status,
                               .reason = reason});
}

void ConnectionService::StartLinger(Connection& connection) {
  EndSending(connection);
  std::string().swap(connection.pending);
  connection.discard_left = kMaxLingerBytes;
  Linger(connection);
}

void ConnectionService::Linger(Connection& connection) {
  while (connection.discard_left > 0) {
    input_.Assign({});
    const auto received = DropNow(connection, input_.Space());
    if (received.state == ReceiveState::kNothingYet) return ParkOrClose(connection, Phase::kLinger);
    if (received.state != ReceiveState::kData) break;
    connection.discard_left -= std::min(connection.discard_left, static_cast<std::uint32_t>(received.size));
  }
  table_.Close(connection);
}

void ConnectionService::ParkOrClose(Connection& connection, Phase phase) {
  switch (table_.Park(connection, phase)) {
    case ConnectionTable::Parking::kParked:
      return;  // it may be somebody else's by now
    case ConnectionTable::Parking::kExpired:
      return Expire(connection);
    case ConnectionTable::Parking::kClosing:
      return connection.suspended ? ResumeAwake(connection) : table_.Close(connection);
  }
}

void ConnectionService::Expire(Connection& connection) {
  switch (connection.phase) {
    case Phase::kUpstream:
      return LookAround(connection);
    case Phase::kBody:
      connection.suspended->exchange->GiveUpBody();
      return LookAround(connection);
    case Phase::kIdle:
      context_.metrics.Timeout(TimeoutKind::kIdle);
      break;
    case Phase::kHead:
      context_.metrics.Timeout(TimeoutKind::kHead);
      SendRefusal(connection, 408, http::CodeOf(sdk::Errc::kDeadlineExceeded), "the request head came too slowly",
                  "head_timeout");
      break;
    case Phase::kDrain:
      context_.metrics.Timeout(TimeoutKind::kBody);
      break;
    case Phase::kFlush:
      context_.metrics.Timeout(TimeoutKind::kWrite);
      context_.metrics.BrokenResponse();
      return table_.Close(connection, true);
    case Phase::kLinger:
      break;
    case Phase::kHandshake:
      context_.metrics.Timeout(TimeoutKind::kHandshake);
      context_.metrics.TlsHandshake(HandshakeResult::kTimeout);
      break;
  }
  table_.Close(connection);
}

}  // namespace sluice::http
