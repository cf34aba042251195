// SPDX-License-Identifier: MIT
#include "admin.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "endpoint/common/admin_token.hpp"
#include "endpoint/common/reply.hpp"
#include "local.hpp"

namespace sluice::plugins::admin {
namespace {

struct ApiRoute {
  std::string_view method, path, topic;
  bool reloads = false;
};

constexpr std::array kRoutes{
    ApiRoute{"GET", "/api/plugins", "plugins"},       ApiRoute{"GET", "/api/pipelines", "pipelines"},
    ApiRoute{"GET", "/api/principals", "principals"}, ApiRoute{"GET", "/api/config", "config"},
    ApiRoute{"GET", "/api/reload", "reload"},         ApiRoute{"POST", "/api/reload", "reload", true},
};

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

}  // namespace

Admin::Admin(sdk::Host host, std::string token, bool open_on_loopback)
    : host_(std::move(host)), token_(std::move(token)), open_on_loopback_(open_on_loopback) {}

sdk::Result<std::unique_ptr<Admin>> Admin::Create(sdk::Host host, const sdk::Config& config) {
  auto token = admin_token::Read(config, "/token");
  if (!token) return std::move(token).error();
  const bool open = config.Bool("/open_on_loopback");
  if (token->empty() && !open)
    return Invalid("/token: is empty; want a token of 8 characters or more, or open_on_loopback");
  return std::unique_ptr<Admin>(new Admin(std::move(host), std::move(*token), open));
}

std::vector<sdk::Route> Admin::Routes() const {
  std::vector<sdk::Route> routes;
  for (const auto& route : kRoutes) {
    routes.push_back({.method = std::string(route.method), .path_template = std::string(route.path), .scope = {}});
  }
  return routes;
}

sdk::Status Admin::Check(const sdk::Call& call, const sdk::RequestHead& head) const {
  if (open_on_loopback_ && IsLoopback(call.client_ip()) && IsDirect(head.headers)) return sdk::Ok();
  return admin_token::Check(host_, token_, head.headers);
}

sdk::Result<std::optional<sdk::Source>> Admin::Handle(const sdk::Call& call, std::size_t route,
                                                      const sdk::RequestHead& head, std::span<const std::byte>,
                                                      sdk::ResponseWriter& response) {
  if (route >= kRoutes.size()) return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such admin route"};
  if (auto checked = Check(call, head); !checked) return std::move(checked).error();
  if (kRoutes[route].reloads) {
    if (auto reloaded = host_.admin().Reload(); !reloaded) return reloaded.error();
  }
  const auto answer = host_.admin().Query(kRoutes[route].topic);
  if (!answer) return answer.error();
  if (auto sent = endpoint::ReplyJson(response, 200, *answer); !sent) return sent.error();
  return std::optional<sdk::Source>{};
}

}  // namespace sluice::plugins::admin
