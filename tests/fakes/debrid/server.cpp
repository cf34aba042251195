// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>

#include "tests/fakes/debrid/control.hpp"

namespace sluice::fakes::debrid {
namespace {

namespace net = Poco::Net;
using std::chrono::milliseconds;

constexpr std::size_t kPiece = 1024;
constexpr int kMostConnections = 512;

/// A wait that ends when the server does.
class Pause {
 public:
  void For(milliseconds how_long) {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, how_long, [this] { return is_over_; });
  }
  void End() {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    ended_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
};

class Handler final : public net::HTTPRequestHandler {
 public:
  Handler(FakeStore& store, Pause& pause) : store_(store), pause_(pause) {}

  void handleRequest(net::HTTPServerRequest& asked, net::HTTPServerResponse& out) override {
    auto request = Read(asked);
    auto answer = request.path == kControlPath ? Control(store_, request) : store_.Handle(request);
    if (answer.latency.count() > 0) pause_.For(answer.latency);
    auto& socket = dynamic_cast<net::HTTPServerRequestImpl&>(asked).socket();
    if (answer.reset) return Hang(socket);
    out.setStatus(static_cast<net::HTTPResponse::HTTPStatus>(answer.status));
    out.setContentLength64(static_cast<Poco::Int64>(answer.body.size()));
    for (const auto& header : answer.headers) out.set(header.name, header.value);
    auto& body = out.send();
    if (request.method == "HEAD") return;
    const auto size = answer.drop_after == 0 ? answer.body.size() : std::min(answer.drop_after, answer.body.size());
    const auto piece = answer.trickle.count() > 0 ? kPiece : std::max(size, std::size_t{1});
    for (std::size_t at = 0; at < size && body; at += piece) {
      if (at > 0) pause_.For(answer.trickle);
      body.write(answer.body.data() + at, static_cast<std::streamsize>(std::min(piece, size - at)));
      body.flush();
    }
    if (size < answer.body.size()) Hang(socket);
  }

 private:
  static void Hang(net::StreamSocket& socket) {
    socket.setLinger(true, 0);
    socket.close();
  }
  static Request Read(net::HTTPServerRequest& asked) {
    std::vector<sdk::Header> headers;
    for (const auto& [name, value] : asked) headers.push_back({name, value});
    std::string body{std::istreambuf_iterator<char>(asked.stream()), {}};
    auto request = MakeRequest(asked.getMethod(), asked.getURI(), std::move(headers), std::move(body));
    request.client_ip = asked.clientAddress().host().toString();
    return request;
  }

  FakeStore& store_;
  Pause& pause_;
};

class Factory final : public net::HTTPRequestHandlerFactory {
 public:
  Factory(FakeStore& store, Pause& pause) : store_(store), pause_(pause) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return new Handler(store_, pause_);  // the server's, which deletes it
  }

 private:
  FakeStore& store_;
  Pause& pause_;
};

/// A thread for each connection, and clients keep theirs.
net::HTTPServerParams* ManyAtOnce() {
  auto* const params = new net::HTTPServerParams;  // counted: the server lets go of it
  params->setMaxThreads(kMostConnections);
  params->setMaxQueued(kMostConnections);
  return params;
}

}  // namespace

struct Server::Inside {
  explicit Inside(const Make& make)
      : socket(net::SocketAddress("127.0.0.1", 0)),
        store(make("http://127.0.0.1:" + std::to_string(socket.address().port()))),
        server(new Factory(*store, pause), threads, socket, ManyAtOnce()) {
    server.start();
  }

  Pause pause;
  net::ServerSocket socket;
  Poco::ThreadPool threads{2, kMostConnections};
  const std::unique_ptr<FakeStore> store;
  net::HTTPServer server;
};

Server::Server(const Make& make) : inside_(std::make_unique<Inside>(make)) {}

Server::~Server() {
  inside_->pause.End();
  inside_->server.stopAll(true);
}

std::uint16_t Server::port() const { return inside_->socket.address().port(); }

FakeStore& Server::store() { return *inside_->store; }

}  // namespace sluice::fakes::debrid
