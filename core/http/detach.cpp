// SPDX-License-Identifier: MIT
#include "core/http/detach.hpp"

#include "core/http/connection_table.hpp"
#include "core/http/exchange.hpp"

namespace sluice::http {
namespace {

class Detached final : public DetachedResponse {
 public:
  Detached(const ExchangeContext& context, Connection& connection, DetachedHead head)
      : context_(context), connection_(&connection), head_(std::move(head)) {
    context_.table.Lend(connection);
  }
  ~Detached() override {
    if (connection_ == nullptr) return;
    context_.metrics.BrokenResponse();
    // Where the close is what ends the body, an orderly one would make a part look like the whole.
    context_.table.Close(*connection_, head_.mode == BodyMode::kUntilClose);
  }
  Detached(const Detached&) = delete;
  Detached& operator=(const Detached&) = delete;

  int fd() const override { return connection_->fd; }
  bool secure() const override { return connection_->tls != nullptr; }
  BodyMode mode() const override { return head_.mode; }
  bool takes_trailers() const override { return head_.takes_trailers; }
  std::string_view head() const override { return head_.head; }
  std::chrono::milliseconds write_timeout() const override { return context_.options.write_timeout; }

  Sent Send(std::span<const iovec> parts) override { return TrySend(*connection_, parts); }

  void Complete() override {
    auto& connection = *std::exchange(connection_, nullptr);
    if (!head_.keep) return CloseInOrder(connection);
    const bool pending = !connection.pending.empty();
    if (!pending) std::string().swap(connection.pending);
    // Octets that TLS has taken off the socket are not seen by epoll.
    ParkOrClose(connection, pending ? Phase::kHead : Phase::kIdle, pending || connection.tls != nullptr);
  }

 private:
  /// What the client sent meanwhile is read before the close, which would otherwise destroy what it has not read.
  void CloseInOrder(Connection& connection) {
    EndSending(connection);
    std::string().swap(connection.pending);
    connection.discard_left = kMaxLingerBytes;
    ParkOrClose(connection, Phase::kLinger, true);
  }
  void ParkOrClose(Connection& connection, Phase phase, bool wake) {
    if (context_.table.ParkLent(connection, phase, wake) != ConnectionTable::Parking::kParked) {
      context_.table.Close(connection);
    }
  }

  const ExchangeContext& context_;
  Connection* connection_;
  const DetachedHead head_;
};

}  // namespace

std::unique_ptr<DetachedResponse> DetachConnection(const ExchangeContext& context, Connection& connection,
                                                   DetachedHead head) {
  return std::make_unique<Detached>(context, connection, std::move(head));
}

}  // namespace sluice::http
