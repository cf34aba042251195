// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Exchange: one request in service, over a claimed connection.

#include <atomic>
#include <chrono>
#include <string>

#include "core/http/connection.hpp"
#include "core/http/metrics.hpp"
#include "core/http/request_check.hpp"
#include "core/http/response_head.hpp"
#include "core/http/server.hpp"
#include "core/http/socket_io.hpp"

namespace sluice::http {

class ConnectionTable;
class TrustedProxies;

/// What exchanges of one server share.
struct ExchangeContext {
  const ServerOptions& options;
  const TrustedProxies& proxies;
  Metrics& metrics;
  ConnectionTable& table;
  const std::atomic<bool>& draining;
  const std::atomic<bool>& stopping;
  std::atomic<std::size_t>& collected_bytes;  ///< Of request bodies that are held whole.
  std::atomic<std::size_t>& unsent_bytes;     ///< Of responses that wait to be read.
};

/// Threads: one at a time, except ClientGone.
class Exchange final : public ServerExchange {
 public:
  /// An unread body up to this size is dropped to keep the connection; more costs more than a new connection.
  static constexpr std::uint32_t kMaxDrainBytes = 64 * 1024;

  /// How much of a response that is made piece by piece may wait for a client that reads slowly.
  static constexpr std::size_t kMaxUnsentBytes = 64 * 1024;
  /// How slowly a collected body may come on the whole, once it has taken `body_timeout`: octets a second.
  static constexpr std::uint32_t kMinBodyRate = 1024;
  /// Of all bodies that are held whole at one time. One alone may be as long as its pipeline takes.
  static constexpr std::size_t kMaxCollectedBytes = 256 * 1024 * 1024;

  /// \param checked  copied.
  Exchange(const ExchangeContext& context, Connection& connection, InputBuffer& input, const CheckedRequest& checked);
  ~Exchange() override { context_.collected_bytes -= collected_bytes_; }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const std::string& method() const override { return method_; }
  int minor() const override { return minor_; }
  const std::vector<sdk::Header>& fields() const override { return fields_; }
  std::string_view path() const override { return path_; }
  std::string_view query() const override { return query_; }
  std::string_view host() const override { return host_; }
  std::string_view listener() const override { return context_.options.listeners[connection_.listener].name; }
  std::string_view client_ip() const override { return client_ip_; }
  bool secure() const override { return secure_; }
  std::string_view request_id() const override { return request_id_; }
  std::chrono::steady_clock::time_point received_at() const override { return received_at_; }

  sdk::Result<std::size_t> ReadBody(std::span<std::byte> buffer) override;
  sdk::Result<std::string> ReadBody(std::size_t max_bytes) override;
  bool CollectBody(std::size_t max_bytes) override;
  void SuspendForBody(std::size_t max_bytes, std::unique_ptr<Continuation> then) override;

  sdk::Status Start(const ReplyHead& head) override;
  sdk::Status Write(std::span<const std::byte> chunk) override;
  sdk::Status Finish() override;
  sdk::Status Reply(const ReplyHead& head, std::string_view body) override;
  void KeepAll() override { keeps_all_ = true; }

  bool CanSuspend() const override { return !started_ && !stays_awake_ && !context_.stopping; }
  void Suspend(int fd, std::chrono::steady_clock::time_point until, std::unique_ptr<Continuation> then) override;

  bool CanDetach() const override;
  std::unique_ptr<DetachedResponse> Detach() override;

  bool started() const override { return started_; }
  int status() const override { return status_; }
  std::uint64_t body_bytes_sent() const override { return sent_; }
  std::chrono::steady_clock::time_point head_sent_at() const override { return head_sent_at_; }
  void CloseAfter() override { close_after_ = true; }
  bool ClientGone() const override;
  net::FileDescriptor Cutter() const override;

  /// What becomes of the connection once the handler is done.
  enum class Outcome : std::uint8_t {
    kKeep,
    kClose,
    kBroken,    ///< The response is not whole: the client must notice.
    kDetached,  ///< Somebody else has the connection.
    kSuspended,
  };
  Outcome End() const;
  /// After kSuspended: what `exchange` waits for, and how it goes on.
  static std::unique_ptr<Suspended> TakeSuspended(std::unique_ptr<Exchange> exchange);
  /// \param input  of the worker that goes on.
  void Resume(InputBuffer& input) { input_ = &input; }
  /// While suspended for the body. \returns whether it goes on: the body is whole, or never will be.
  bool CollectMore() { return CollectBody(max_body_bytes_); }
  std::size_t collected_bytes() const { return collected_bytes_; }
  /// The body's time is up.
  void GiveUpBody();
  /// It cannot be suspended any more.
  void StayAwake() { stays_awake_ = true; }
  BodyMode mode() const { return mode_; }

 private:
  bool has_no_body(int status) const { return is_head_ || status == 204 || status == 304; }
  bool CanKeep() const;
  bool TakesTrailers() const;
  std::optional<sdk::Error> CollectNow(std::size_t max_bytes, bool& whole);
  bool TakeRoom(std::size_t bytes);
  bool IsTooSlow() const;
  sdk::Status Prepare(const ReplyHead& reply, std::optional<std::uint64_t> length);
  sdk::Status SendContinue();
  sdk::Status Send(std::span<iovec> parts);

  const ExchangeContext& context_;
  Connection& connection_;  ///< Somebody else's once `detached_`.
  InputBuffer* input_;
  const std::string method_;
  std::string target_;
  std::vector<sdk::Header> fields_;
  std::string_view path_;
  std::string_view query_;
  const std::string host_;
  const std::string request_id_;
  const std::string client_ip_;
  const bool secure_;
  const std::chrono::steady_clock::time_point received_at_;
  const int minor_;
  const bool is_head_;
  const bool client_keeps_;
  bool continue_wanted_;

  std::string collected_;  // of the body
  std::size_t collected_bytes_ = 0;
  std::size_t max_body_bytes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> body_began_;
  std::optional<sdk::Error> body_error_;

  std::string head_;  // made by Start, sent with the first octets of the body
  std::chrono::steady_clock::time_point head_sent_at_;
  BodyMode mode_ = BodyMode::kNone;
  std::uint64_t left_ = 0;
  std::uint64_t sent_ = 0;
  int status_ = 0;
  bool keeps_all_ = false;
  bool started_ = false;
  bool finished_ = false;
  bool broken_ = false;
  bool keep_ = false;
  bool close_after_ = false;
  bool detached_ = false;

  bool stays_awake_ = false;
  std::unique_ptr<Continuation> then_;
  int awaited_fd_ = -1;
  std::chrono::steady_clock::time_point awaited_until_;
};

}  // namespace sluice::http
