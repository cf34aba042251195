// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sluice/sdk/endpoint.hpp>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

/// The viewer as an endpoint writes to it.
class Writer final : public sdk::ResponseWriter {
 public:
  explicit Writer(http::ServerExchange& viewer) : viewer_(viewer) {}
  sdk::Status Start(int status, std::span<const sdk::Header> headers) override {
    if (status < 200 || status > 599) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "response status: want 200 to 599"};
    }
    auto head = MakeHead(status, {headers.begin(), headers.end()});
    return viewer_.Start(head);
  }
  sdk::Status Write(std::span<const std::byte> chunk) override { return viewer_.Write(chunk); }

 private:
  http::ServerExchange& viewer_;
};

bool Answers(const sdk::Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

sdk::Result<Flow> ReplyMethodNotAllowed(Exchange& exchange, const std::string& allow) {
  auto head = MakeHead(405, {{"Allow", allow}, {"Content-Type", "application/json"}});
  const auto body = http::ErrorBody("method_not_allowed", "method: want " + allow, exchange.viewer.request_id());
  if (auto sent = exchange.viewer.Reply(head, body); !sent) return std::move(sent).error();
  return Flow::kReplied;
}

sdk::Status CheckScope(const sdk::Route& route, const Exchange& exchange) {
  if (route.scope.empty()) return sdk::Ok();
  if (!exchange.principal) {
    return sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "a credential is required"};
  }
  const auto& scopes = exchange.principal->scopes;
  if (std::find(scopes.begin(), scopes.end(), route.scope) != scopes.end()) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "scope: want \"" + route.scope + "\""};
}

sdk::Result<Flow> Handle(const Step& step, std::size_t index, std::string_view path, Exchange& exchange) {
  auto& viewer = exchange.viewer;
  if (auto allowed = CheckScope(step.routes[index].route, exchange); !allowed) return std::move(allowed).error();
  const auto body = viewer.ReadBody(exchange.pipeline.max_body_bytes);
  if (!body) return body.error();
  const CallContext context(viewer, std::chrono::steady_clock::now() + step.config.deadline);
  Exchange::HeadView view;
  exchange.FillHead(view, path);
  Writer writer(viewer);
  auto source = step.components.front()->As<sdk::Endpoint>()->Handle(context.call(), index, view.head,
                                                                     sdk::AsBytes(*body), writer);
  if (!source) return std::move(source).error();
  if (*source) {
    exchange.source = std::move(**source);
    return Flow::kContinue;
  }
  if (!viewer.started()) {
    return sdk::Error{.code = sdk::Errc::kInternal,
                      .message = "endpoint " + step.components.front()->name() + " answered nothing"};
  }
  if (auto finished = viewer.Finish(); !finished) return std::move(finished).error();
  return Flow::kReplied;
}

}  // namespace

sdk::Result<Flow> Serve(const Step& step, Exchange& exchange) {
  if (exchange.link) {  // a link out of a manifest that this endpoint's source led to
    exchange.source = sdk::Source{.url = exchange.link->url, .context = exchange.link->context};
    return Flow::kContinue;
  }
  const auto path = exchange.rest.empty() ? exchange.viewer.path() : exchange.rest;
  const auto& method = exchange.viewer.request().getMethod();
  std::string allow;
  for (std::size_t i = 0; i < step.routes.size(); ++i) {
    const auto& route = step.routes[i];
    auto match = route.path.Apply(path);
    if (!match) continue;
    if (!Answers(route.route, method)) {
      allow += (allow.empty() ? "" : ", ") + route.route.method + (route.route.method == "GET" ? ", HEAD" : "");
      continue;
    }
    for (auto& capture : match->captures) exchange.captures.push_back(std::move(capture));
    return Handle(step, i, path, exchange);
  }
  if (!allow.empty()) return ReplyMethodNotAllowed(exchange, allow);
  return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such path"};
}

}  // namespace sluice::pipeline
