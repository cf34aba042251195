// SPDX-License-Identifier: MIT
#include "core/http/exchange.hpp"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "core/http/chunked.hpp"
#include "core/http/client_address.hpp"
#include "core/http/detach.hpp"
#include "core/http/error_reply.hpp"
#include "core/http/request_body.hpp"
#include "core/http/request_id.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t kUsualHeadBytes = 512;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string RequestIdOf(const CheckedRequest& checked) {
  const auto* const field = http::FindField(checked.fields, "x-request-id");
  return field != nullptr && IsRequestId(field->value) ? std::string(field->value) : MakeRequestId();
}

sdk::Error Internal(std::string_view message) {
  return {.code = sdk::Errc::kInternal, .message = std::string(message)};
}

BodyState BodyOf(const Framing& framing) {
  BodyState body;
  if (framing.chunked) {
    body.kind = BodyState::Kind::kChunked;
  } else if (framing.length) {
    body.kind = BodyState::Kind::kLength;
    body.left = *framing.length;
  }
  return body;
}

}  // namespace

Exchange::Exchange(const ExchangeContext& context, Connection& connection, InputBuffer& input,
                   const CheckedRequest& checked)
    : context_(context),
      connection_(connection),
      input_(&input),
      method_(checked.method),
      target_(checked.path),
      host_(checked.host),
      request_id_(RequestIdOf(checked)),
      client_ip_(connection.peer_trusted ? context.proxies.ClientBehind(connection.peer_ip, checked.fields)
                                         : connection.peer_ip),
      secure_(connection.peer_trusted ? SecureBehind(connection.tls != nullptr, checked.fields)
                                      : connection.tls != nullptr),
      received_at_(std::chrono::steady_clock::now()),
      minor_(checked.minor),
      is_head_(checked.method == "HEAD"),
      client_keeps_(checked.keep_alive),
      continue_wanted_(checked.expects_continue) {
  connection_.body = BodyOf(checked.framing);
  connection_.body_faulty = false;
  if (connection_.body.done()) continue_wanted_ = false;
  if (!checked.query.empty()) target_.append("?").append(checked.query);
  path_ = std::string_view(target_).substr(0, checked.path.size());
  query_ = std::string_view(target_).substr(target_.size() - checked.query.size());
  fields_.reserve(checked.fields.size());
  for (const auto& field : checked.fields) fields_.push_back({std::string(field.name), std::string(field.value)});
}

sdk::Result<std::size_t> Exchange::ReadBody(std::span<std::byte> buffer) {
  if (continue_wanted_ && input_->empty() && !started_) {
    if (auto status = SendContinue(); !status) return std::move(status).error();
  }
  auto read = http::ReadBody(connection_, *input_, buffer, context_.options.body_timeout);
  if (!read && read.error().code == kBodyTooSlow) context_.metrics.Timeout(TimeoutKind::kBody);
  return read;
}

sdk::Result<std::string> Exchange::ReadBody(std::size_t max_bytes) {
  while (true) {
    bool whole = false;
    if (auto error = CollectNow(max_bytes, whole)) return std::move(*error);
    if (whole) return std::exchange(collected_, {});
    if (!WaitToReceive(connection_, context_.options.body_timeout)) GiveUpBody();
  }
}

bool Exchange::CollectBody(std::size_t max_bytes) {
  bool whole = false;
  return CollectNow(max_bytes, whole) || whole || !CanSuspend();
}

std::optional<sdk::Error> Exchange::CollectNow(std::size_t max_bytes, bool& whole) {
  if (!body_began_) body_began_ = std::chrono::steady_clock::now();
  const auto& body = connection_.body;
  const auto room = [&] { return max_bytes - std::min(max_bytes, collected_.size()); };
  while (!body_error_) {
    if (collected_.size() > max_bytes || (body.kind == BodyState::Kind::kLength && body.left > room())) {
      return sdk::Error{.code = kBodyTooLarge,
                        .message = "request body: want at most " + std::to_string(max_bytes) + " bytes"};
    }
    if (continue_wanted_ && input_->empty() && !started_) {
      if (auto status = SendContinue(); !status) return body_error_ = std::move(status).error();
    }
    std::array<std::byte, 16 * 1024> piece;
    const auto read = ReadBodyNow(connection_, *input_, piece);
    if (!read) {
      body_error_ = read.error();
    } else if (!*read) {
      if (IsTooSlow())
        GiveUpBody();
      else
        return {};
    } else if (**read == 0) {
      whole = true;
      return {};
    } else if (TakeRoom(**read)) {
      collected_.append(reinterpret_cast<const char*>(piece.data()), **read);
    } else {
      body_error_ = sdk::Error{
          .code = kOverloaded, .message = "too many request bodies at once", .retry_after = std::chrono::seconds(1)};
    }
  }
  return body_error_;
}

bool Exchange::TakeRoom(std::size_t bytes) {
  const auto all = context_.collected_bytes += bytes;
  collected_bytes_ += bytes;
  return all <= kMaxCollectedBytes || all == collected_bytes_;
}

bool Exchange::IsTooSlow() const {
  const auto late = std::chrono::steady_clock::now() - *body_began_ - context_.options.body_timeout;
  return std::chrono::duration<double>(late).count() * kMinBodyRate > static_cast<double>(collected_bytes_);
}

void Exchange::GiveUpBody() {
  body_error_ = BodyTooSlow(connection_);
  context_.metrics.Timeout(TimeoutKind::kBody);
}

sdk::Status Exchange::SendContinue() {
  continue_wanted_ = false;
  const auto part = PartOf(kContinue);
  // Who has not read what came before cannot take even this: it is not waited for.
  const auto sent = TrySend(connection_, {&part, 1});
  if (sent.state == SendState::kSent && sent.size == kContinue.size()) return sdk::Ok();
  broken_ = true;
  return sdk::Error{.code = sdk::Errc::kCancelled, .message = "client: 100 Continue could not be sent"};
}

bool Exchange::CanKeep() const {
  const auto& body = connection_.body;
  if (!client_keeps_ || close_after_ || connection_.body_faulty || context_.draining) return false;
  if (body.done()) return true;
  // A client that was not told to go on may send the body, or not: what comes next could be either.
  return !continue_wanted_ && (body.kind == BodyState::Kind::kChunked || body.left <= kMaxDrainBytes);
}

sdk::Status Exchange::Prepare(const ReplyHead& reply, std::optional<std::uint64_t> length) {
  if (started_) return Internal("response has started already");
  const int status = reply.status;
  if (has_no_body(status)) {
    mode_ = BodyMode::kNone;
    if (status == 204) length.reset();
  } else if (length) {
    mode_ = BodyMode::kLength;
  } else {
    mode_ = minor_ >= 1 ? BodyMode::kChunked : BodyMode::kUntilClose;
  }
  for (const auto& field : reply.fields) {
    if (EqualNoCase(field.name, "connection") && ListHas(field.value, "close")) close_after_ = true;
  }
  keep_ = CanKeep() && mode_ != BodyMode::kUntilClose;
  const ResponseHead head{
      .mode = mode_, .length = length, .keep_alive = keep_, .request_minor = minor_, .request_id = request_id_};
  head_.clear();
  head_.reserve(kUsualHeadBytes);
  if (auto appended = AppendHead(status, reply.fields, head, head_); !appended) return appended;
  left_ = length.value_or(0);
  status_ = status;
  started_ = true;
  return sdk::Ok();
}

sdk::Status Exchange::Start(const ReplyHead& head) {
  // A body that is still to come would hold the response back, or the next request: it ends the connection.
  if (!LookAhead(connection_.body, input_->view()).whole) close_after_ = true;
  if (head.length) return Prepare(head, head.length);
  const auto length = AnnouncedLength(head.fields);
  if (!length) return length.error();
  return Prepare(head, *length);
}

sdk::Status Exchange::Write(std::span<const std::byte> chunk) {
  if (!started_ || finished_) return Internal("response body outside of a response");
  std::optional<ChunkSizeLine> size_line;
  std::array<iovec, 4> parts{PartOf(head_), {}, {}, {}};
  if (mode_ == BodyMode::kNone) chunk = {};
  if (mode_ == BodyMode::kLength && chunk.size() > left_) {
    broken_ = true;
    return Internal("response body is longer than its Content-Length");
  }
  if (!chunk.empty()) {
    parts[2] = {const_cast<std::byte*>(chunk.data()), chunk.size()};
    if (mode_ == BodyMode::kChunked) {
      parts[1] = PartOf(size_line.emplace(chunk.size()).text());
      parts[3] = PartOf(kLineEnd);
    }
  }
  if (auto status = Send(parts); !status) return status;
  if (mode_ == BodyMode::kLength) left_ -= chunk.size();
  sent_ += chunk.size();
  return sdk::Ok();
}

sdk::Status Exchange::Finish() {
  if (!started_ || finished_) return Internal("response finished twice, or never started");
  if (mode_ == BodyMode::kLength && left_ > 0) {
    broken_ = true;
    return Internal("response body is shorter than its Content-Length");
  }
  std::array<iovec, 2> parts{PartOf(head_), PartOf(mode_ == BodyMode::kChunked ? kLastChunk : std::string_view())};
  if (auto status = Send(parts); !status) return status;
  finished_ = true;
  return sdk::Ok();
}

sdk::Status Exchange::Reply(const ReplyHead& head, std::string_view body) {
  const auto announced = AnnouncedLength(head.fields);
  if (!announced) return announced.error();
  const int code = head.status;
  // Without a body the announced length speaks of what a GET would get; with one, `body` is what counts.
  auto length = has_no_body(code) ? *announced : std::optional<std::uint64_t>(body.size());
  if (is_head_ && !length) length = body.size();
  if (auto status = Prepare(head, length); !status) return status;
  if (mode_ == BodyMode::kNone) body = {};
  KeepAll();
  std::array<iovec, 2> parts{PartOf(head_), PartOf(body)};
  if (auto status = Send(parts); !status) return status;
  sent_ = body.size();
  left_ = 0;
  finished_ = true;
  return sdk::Ok();
}

sdk::Status Exchange::Send(std::span<iovec> parts) {
  if (broken_) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "client: connection closed"};
  const Keeping keeping{.most = keeps_all_ ? SIZE_MAX : kMaxUnsentBytes, .total = context_.unsent_bytes};
  auto status = SendWithin(connection_, parts, context_.options.write_timeout, keeping);
  if (!head_.empty()) head_sent_at_ = std::chrono::steady_clock::now();
  head_.clear();
  if (!status) {
    broken_ = true;
    if (status.error().code == sdk::Errc::kDeadlineExceeded) context_.metrics.Timeout(TimeoutKind::kWrite);
  }
  return status;
}

bool Exchange::ClientGone() const {
  pollfd entry{.fd = connection_.fd, .events = POLLRDHUP, .revents = 0};
  return ::poll(&entry, 1, 0) > 0;
}

net::FileDescriptor Exchange::Cutter() const {
  return net::FileDescriptor(::fcntl(connection_.fd, F_DUPFD_CLOEXEC, 0));
}

bool Exchange::TakesTrailers() const {
  const auto* const codings = FindField("te");
  return codings != nullptr && ListHas(*codings, "trailers");
}

bool Exchange::CanDetach() const { return started_ && !head_.empty() && !broken_ && mode_ != BodyMode::kNone; }

std::unique_ptr<DetachedResponse> Exchange::Detach() {
  DropBuffered(connection_.body, *input_);
  connection_.pending.assign(input_->view());
  detached_ = true;
  return DetachConnection(context_, connection_,
                          {.head = std::move(head_),
                           .mode = mode_,
                           .takes_trailers = mode_ == BodyMode::kChunked && TakesTrailers(),
                           .keep = keep_ && !connection_.body_faulty && connection_.body.done()});
}

void Exchange::SuspendForBody(std::size_t max_bytes, std::unique_ptr<Continuation> then) {
  max_body_bytes_ = max_bytes;
  Suspend(-1, {}, std::move(then));
}

void Exchange::Suspend(int fd, std::chrono::steady_clock::time_point until, std::unique_ptr<Continuation> then) {
  awaited_fd_ = fd;
  awaited_until_ = until;
  then_ = std::move(then);
}

std::unique_ptr<Suspended> Exchange::TakeSuspended(std::unique_ptr<Exchange> exchange) {
  auto& own = *exchange;
  return std::make_unique<Suspended>(std::move(exchange), std::move(own.then_), own.awaited_fd_, own.awaited_until_);
}

Suspended::Suspended(std::unique_ptr<Exchange> of, std::unique_ptr<Continuation> next, int waits_for,
                     std::chrono::steady_clock::time_point at_most)
    : exchange(std::move(of)), then(std::move(next)), fd(waits_for), until(at_most) {}
Suspended::~Suspended() = default;

Exchange::Outcome Exchange::End() const {
  if (then_) return Outcome::kSuspended;
  if (detached_) return Outcome::kDetached;
  if (broken_ || !finished_) return Outcome::kBroken;
  return keep_ && !close_after_ && !connection_.body_faulty ? Outcome::kKeep : Outcome::kClose;
}

}  // namespace sluice::http
