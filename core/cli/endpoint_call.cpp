// SPDX-License-Identifier: MIT
#include "core/cli/endpoint_call.hpp"

#include <chrono>
#include <sluice/sdk/endpoint.hpp>
#include <vector>

#include "core/config/path_template.hpp"
#include "core/net/own_call.hpp"
#include "core/pipeline/snapshot.hpp"

namespace sluice::cli {
namespace {

constexpr auto kPatience = std::chrono::minutes(5);  // an export may be long

class Collected final : public sdk::ResponseWriter {
 public:
  sdk::Status Start(int status, std::span<const sdk::Header>) override {
    answer.status = status;
    return sdk::Ok();
  }
  sdk::Status Write(std::span<const std::byte> chunk) override {
    answer.body.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return sdk::Ok();
  }
  EndpointAnswer answer;
};

sdk::Error Bad(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// The route that is asked for, and what its template captures.
struct Found {
  std::size_t route = 0;
  std::vector<config::PathTemplate::Capture> captures;
};

sdk::Result<Found> FindRoute(const std::vector<sdk::Route>& routes, const EndpointRequest& request) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    std::string error;
    const auto path = config::PathTemplate::Parse(routes[i].path_template, error);
    if (!path || routes[i].method != request.method) continue;
    if (auto match = path->Apply(request.path)) return Found{.route = i, .captures = std::move(match->captures)};
  }
  return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no route for " + request.method + " " + request.path};
}

}  // namespace

sdk::Result<std::string> FindEndpoint(const pipeline::Snapshot& snapshot, const std::string& type,
                                      const std::string& wanted) {
  std::vector<std::string> found;
  for (const auto& [name, component] : snapshot.components) {
    if (component.config.kind != "endpoint" || component.config.type != type) continue;
    if (name == wanted) return name;
    found.push_back(name);
  }
  if (!wanted.empty()) return Bad("--component: want the name of an endpoint of type " + type);
  if (found.empty()) return Bad("the configuration has no endpoint of type " + type);
  if (found.size() > 1) return Bad("the configuration has several endpoints of type " + type + "; want --component");
  return found.front();
}

sdk::Result<EndpointAnswer> CallEndpoint(const pipeline::Snapshot& snapshot, const std::string& component,
                                         const EndpointRequest& request) {
  auto* const endpoint = snapshot.components.at(component).instance->As<sdk::Endpoint>();
  const auto found = FindRoute(endpoint->Routes(), request);
  if (!found) return found.error();
  std::vector<sdk::Field> params;
  for (const auto& capture : found->captures) params.push_back({.name = capture.name, .value = capture.value});
  const std::vector<sdk::Field> headers = {{.name = "Content-Type", .value = "application/json"}};
  const sdk::Principal operator_of_it{.subject = "operator", .scopes = {"admin"}};
  const net::OwnCall call(std::chrono::steady_clock::now() + kPatience);
  Collected collected;
  const auto handled = endpoint->Handle(call.call(), found->route,
                                        {.method = request.method,
                                         .path = request.path,
                                         .query = request.query,
                                         .headers = headers,
                                         .params = params,
                                         .principal = &operator_of_it},
                                        sdk::AsBytes(request.body), collected);
  if (!handled) return handled.error();
  if (*handled) return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "the route leads to a source"};
  return std::move(collected.answer);
}

}  // namespace sluice::cli
