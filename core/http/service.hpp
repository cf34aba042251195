// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ConnectionService: what a worker does with a connection that has octets: reads heads, runs the handler, parks.

#include "core/http/connection_table.hpp"
#include "core/http/exchange.hpp"
#include "core/http/request_check.hpp"
#include "core/http/server.hpp"
#include "core/http/socket_io.hpp"

namespace sluice::http {

/// One per worker. Threads: one at a time.
class ConnectionService {
 public:
  ConnectionService(const ExchangeContext& context, const Handler& handler, ConnectionTable& table);

  /// Takes a claimed connection as far as its octets go, then parks or closes it. Blocks only in the handler.
  void Serve(Connection& connection);
  /// Ends a claimed connection whose time is up.
  void Expire(Connection& connection);

 private:
  /// \returns  whether the TLS handshake is done; otherwise the connection is parked or closed.
  bool ShakeHands(Connection& connection);
  void ServeHeads(Connection& connection);
  /// \returns  whether the connection is still claimed and may have a next request.
  bool ServeOne(Connection& connection, std::size_t head_size);
  /// What is wrong with the framing of what has come of the request's body.
  Fault CheckBody(Connection& connection);
  /// Lets `work` answer. \returns as ServeOne.
  template <typename Work>
  bool Run(Connection& connection, std::unique_ptr<Exchange> exchange, const Work& work);
  void Resume(Connection& connection);
  /// Goes on with a request that is suspended for its body, or waits for more of it.
  void CollectBody(Connection& connection);
  void Suspend(Connection& connection, std::unique_ptr<Exchange> exchange);
  /// Resume without another suspension: epoll is out of memory.
  void ResumeAwake(Connection& connection);
  /// Goes on with a suspended request if its client has gone or its time is nearly up; otherwise lets it wait.
  void LookAround(Connection& connection);
  /// What follows once a request is answered. \returns as ServeOne.
  bool Conclude(Connection& connection, bool keep);
  /// Sends the rest of a response to a client that reads slowly, or waits for it to read.
  void Flush(Connection& connection);
  /// Gets over what nobody wanted of a request's body. \returns as ServeOne.
  bool Continue(Connection& connection);
  void WaitForMore(Connection& connection);
  void Refuse(Connection& connection, Fault fault);
  /// Says goodbye to a client whose request has no handler. \param reason  as in RefusedRequest.
  void SendRefusal(Connection& connection, int status, std::string_view code, std::string_view message,
                   std::string_view reason);
  void StartLinger(Connection& connection);
  void Linger(Connection& connection);
  void ParkOrClose(Connection& connection, Phase phase);

  const ExchangeContext& context_;
  const Handler& handler_;
  ConnectionTable& table_;
  const HeadLimits limits_;
  InputBuffer input_;
  CheckedRequest checked_;
};

}  // namespace sluice::http
