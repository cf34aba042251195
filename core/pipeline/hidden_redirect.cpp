// SPDX-License-Identifier: MIT
#include "core/pipeline/hidden_redirect.hpp"

#include <array>
#include <sluice/sdk/url.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/field_policy.hpp"
#include "core/pipeline/minter.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/pipeline/shared_fetch.hpp"
#include "core/pipeline/steps.hpp"
#include "core/upstream/redirect.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::string_view kLocation = "Location";
/// Do not hold of this answer: it has no body, and must not be kept for longer than its link works.
constexpr std::array<std::string_view, 5> kOfUpstream = {"age", "cache-control", "content-type", "expires", "pragma"};

const config::FieldPolicy& Policy(const Exchange& exchange) {
  return exchange.fetching().config.fetch.response_headers;
}

sdk::LinkKind KindOf(const Exchange& exchange) {
  if (exchange.link) return exchange.link->kind;
  return LooksLikeManifest(exchange) ? sdk::LinkKind::kManifest : sdk::LinkKind::kData;
}

/// A link to where the redirect leads. Empty: there is none.
std::string LinkTo(const StepContext& context, const Exchange& exchange) {
  const auto* const rewrite = exchange.pipeline.Find(config::Step::Kind::kRewrite);
  const auto& method = exchange.viewer.method();
  if (rewrite == nullptr || (method != "GET" && method != "HEAD")) return {};  // links are for reading
  if (Contains(Policy(exchange).deny, kLocation)) return {};
  const auto url = sdk::ResolveReference(exchange.response->url, exchange.response->Header(kLocation));
  Minter minter(context.secrets, exchange, rewrite->config.rewrite.base_url);
  if (!minter.Fetchable(url)) return {};
  const auto note = exchange.link ? std::string_view(exchange.link->note) : std::string_view();
  auto link = minter.Link({.url = url, .kind = KindOf(exchange), .note = note});
  return link ? std::move(*link) : std::string();
}

}  // namespace

bool HidesRedirect(const Exchange& exchange) {
  const auto& response = *exchange.response;
  if (!upstream::IsRedirect(response.status) || response.Header(kLocation).empty()) return false;
  return !Passes(Policy(exchange), kLocation, false, true);
}

sdk::Status ReplyHiddenRedirect(const StepContext& context, Exchange& exchange) {
  auto fields = VisibleFields(exchange);
  DropBodyFields(fields);
  std::erase_if(fields, [](const sdk::Header& field) { return Contains(kOfUpstream, field.name); });
  fields.push_back({"Cache-Control", "no-store"});
  if (auto link = LinkTo(context, exchange); !link.empty()) fields.push_back({std::string(kLocation), std::move(link)});
  if (auto filtered = FilterHead(exchange, fields); !filtered) return filtered;
  return exchange.viewer.Reply({.status = exchange.response->status, .fields = fields}, {});
}

}  // namespace sluice::pipeline
