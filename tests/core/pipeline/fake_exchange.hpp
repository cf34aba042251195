// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeExchange: one request without a connection, and what was answered to it.

#include <atomic>
#include <limits>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/detached_response.hpp"
#include "core/http/server.hpp"

namespace sluice::pipeline::testing {

/// A request as the HTTP server would hand it on.
struct Asked {
  std::string method = "GET";
  std::string target = "/";  ///< Path and query.
  std::vector<sdk::Header> headers = {};
  std::string body = {};
  std::string host = "gateway.test";
  std::string listener = "main";
  std::string client_ip = "192.0.2.10";
  bool secure = false;
};

/// Keeps the server's rules: one head, no body after HEAD, 204 and 304, no more and no less than the announced length.
class FakeExchange final : public http::ServerExchange {
 public:
  explicit FakeExchange(Asked asked);

  const std::string& method() const override { return asked_.method; }
  int minor() const override { return 1; }
  const std::vector<sdk::Header>& fields() const override { return asked_.headers; }
  std::string_view path() const override { return path_; }
  std::string_view query() const override { return query_; }
  std::string_view host() const override { return asked_.host; }
  std::string_view listener() const override { return asked_.listener; }
  std::string_view client_ip() const override { return asked_.client_ip; }
  bool secure() const override { return asked_.secure; }
  std::string_view request_id() const override { return "request-1"; }
  std::chrono::steady_clock::time_point received_at() const override { return received_at_; }

  sdk::Result<std::size_t> ReadBody(std::span<std::byte> buffer) override;
  sdk::Result<std::string> ReadBody(std::size_t max_bytes) override;
  bool CollectBody(std::size_t) override { return true; }
  void SuspendForBody(std::size_t, std::unique_ptr<http::Continuation>) override {}
  sdk::Status Start(const http::ReplyHead& head) override;
  sdk::Status Write(std::span<const std::byte> chunk) override;
  sdk::Status Finish() override;
  void KeepAll() override {}  // it takes everything
  sdk::Status Reply(const http::ReplyHead& head, std::string_view body) override;

  bool CanSuspend() const override { return false; }  // there is no worker to let go
  void Suspend(int, std::chrono::steady_clock::time_point, std::unique_ptr<http::Continuation>) override {}
  bool CanDetach() const override { return false; }  // there is no connection
  std::unique_ptr<http::DetachedResponse> Detach() override { return nullptr; }

  bool started() const override { return status_ != 0; }
  int status() const override { return status_; }
  std::uint64_t body_bytes_sent() const override { return body_.size(); }
  std::chrono::steady_clock::time_point head_sent_at() const override { return head_sent_at_; }
  void CloseAfter() override {}
  bool ClientGone() const override { return gone_; }
  net::FileDescriptor Cutter() const override { return {}; }

  /// The viewer hangs up once it has received `bytes` of the body; 0: at once.
  void LeaveAfter(std::size_t bytes);

  // What the viewer received.
  const std::string& body() const { return body_; }
  /// Values of that name (no case), joined by ", "; empty: no such field.
  std::string Header(std::string_view name) const;
  bool Has(std::string_view name) const;
  /// Whether the answer is whole; a server breaks the connection otherwise.
  bool finished() const { return finished_; }

 private:
  const Asked asked_;
  std::string_view path_;
  std::string_view query_;
  const std::chrono::steady_clock::time_point received_at_ = std::chrono::steady_clock::now();
  std::size_t read_ = 0;

  std::vector<sdk::Header> fields_;
  std::string body_;
  std::size_t announced_ = std::numeric_limits<std::size_t>::max();  ///< Its maximum: no length was announced.
  std::size_t leave_after_ = std::numeric_limits<std::size_t>::max();
  std::atomic<bool> gone_{false};
  std::chrono::steady_clock::time_point head_sent_at_;
  int status_ = 0;
  bool finished_ = false;
};

}  // namespace sluice::pipeline::testing
