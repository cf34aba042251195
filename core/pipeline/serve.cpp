// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sluice/sdk/endpoint.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/allowed_methods.hpp"
#include "core/pipeline/cors.hpp"
#include "core/pipeline/follow.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

/// The viewer as an endpoint writes to it.
class Writer final : public sdk::ResponseWriter {
 public:
  /// \param cors  may be null.
  Writer(http::ServerExchange& viewer, const config::Cors* cors) : viewer_(viewer), cors_(cors) {}
  sdk::Status Start(int status, std::span<const sdk::Header> headers) override {
    if (status < 200 || status > 599) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "response status: want 200 to 599"};
    }
    std::vector<sdk::Header> fields(headers.begin(), headers.end());
    const bool own =
        std::any_of(fields.begin(), fields.end(), [](const auto& field) { return IsCorsField(field.name); });
    if (cors_ != nullptr && !own) {
      for (auto& field : CorsFields(*cors_, viewer_)) fields.push_back(std::move(field));
    }
    return viewer_.Start({.status = status, .fields = fields});
  }
  sdk::Status Write(std::span<const std::byte> chunk) override { return viewer_.Write(chunk); }

 private:
  http::ServerExchange& viewer_;
  const config::Cors* const cors_;
};

bool Answers(const sdk::Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

/// The route's captures hide those of the pipeline's path that have the same name.
void AddCaptures(std::vector<config::PathTemplate::Capture> captures, Exchange& exchange) {
  for (auto& capture : captures) {
    std::erase_if(exchange.captures, [&](const auto& held) { return held.name == capture.name; });
    exchange.captures.push_back(std::move(capture));
  }
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
  if (exchange.AwaitsBody()) return Flow::kSuspended;
  const auto body = exchange.Body();
  if (!body) return body.error();
  const CallContext context(viewer, std::chrono::steady_clock::now() + step.config.deadline);
  Exchange::HeadView view;
  exchange.FillHead(view, path);
  const auto& cors = exchange.snapshot->config.cors;
  Writer writer(viewer, cors ? &*cors : nullptr);
  auto source = step.components.front()->As<sdk::Endpoint>()->Handle(context.call(), index, view.head,
                                                                     sdk::AsBytes(*body), writer);
  if (!source) return std::move(source).error();
  if (*source) {
    exchange.source = std::move(**source);
    exchange.resolver = nullptr;
    exchange.resolve_step = nullptr;
    auto followed = FollowQuery(context.call(), exchange, exchange.source->url);
    if (!followed) return std::move(followed).error();
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
    const CallContext context(exchange.viewer, std::chrono::steady_clock::now() + step.config.deadline);
    auto followed = FollowQuery(context.call(), exchange, exchange.link->url);
    if (!followed) return std::move(followed).error();
    exchange.source = sdk::Source{.url = exchange.link->url, .context = exchange.link->context};
    return Flow::kContinue;
  }
  const auto path = exchange.rest.empty() ? exchange.viewer.path() : exchange.rest;
  const auto& method = exchange.viewer.method();
  AllowedMethods allowed;
  for (std::size_t i = 0; i < step.routes.size(); ++i) {
    const auto& route = step.routes[i];
    auto match = route.path.Apply(path);
    if (!match) continue;
    if (!Answers(route.route, method)) {
      allowed.Add(route.route.method);
      continue;
    }
    AddCaptures(std::move(match->captures), exchange);
    return Handle(step, i, path, exchange);
  }
  if (!allowed.empty()) {
    if (auto sent = ReplyMethodNotAllowed(exchange.viewer, allowed); !sent) return std::move(sent).error();
    return Flow::kReplied;
  }
  return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such path"};
}

}  // namespace sluice::pipeline
