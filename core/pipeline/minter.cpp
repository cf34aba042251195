// SPDX-License-Identifier: MIT
#include "core/pipeline/minter.hpp"

#include <algorithm>
#include <sluice/sdk/url_template.hpp>

#include "core/pipeline/exchange.hpp"
#include "core/state/secrets.hpp"
#include "core/upstream/target.hpp"

namespace sluice::pipeline {
namespace {

/// A link does not outlive whom it was made for. The end of a session may be put off, and then its links go on: that
/// is asked when they are followed.
sdk::Seconds ExpiryFor(const Exchange& exchange) {
  if (exchange.link) return exchange.link->expires_at;
  const auto ttl = std::chrono::ceil<std::chrono::seconds>(exchange.snapshot->config.state.link_ttl);
  const auto expiry = state::LinkExpiry(std::chrono::system_clock::now(), ttl);
  const auto& who = exchange.principal;
  const bool ends = who && who->session.empty() && who->expires_at != sdk::Seconds();
  return ends ? std::min(expiry, who->expires_at) : expiry;
}

}  // namespace

Minter::Minter(const state::Secrets& secrets, const Exchange& exchange, const std::string& base_url)
    : secrets_(secrets),
      base_(base_url.empty() ? exchange.snapshot->config.server.base_url : base_url),
      template_base_(sdk::EscapeDollars(base_)),
      home_(HomeOf(exchange)),
      from_file_(exchange.response->url.starts_with("file:")) {
  target_.pipeline = exchange.pipeline.config.name;
  target_.context = exchange.source->context;
  if (exchange.principal) {
    target_.subject = exchange.principal->subject;
    target_.scopes = exchange.principal->scopes;
    target_.backend = exchange.backend;
    target_.session = exchange.principal->session;
  }
  target_.expires_at = ExpiryFor(exchange);
}

std::vector<std::string> Minter::Identity() const {
  std::vector<std::string> out = {base_,
                                  home_,
                                  from_file_ ? "file" : "",
                                  target_.pipeline,
                                  target_.subject,
                                  target_.backend,
                                  target_.session,
                                  target_.context,
                                  std::to_string(target_.expires_at.time_since_epoch().count()),
                                  std::to_string(target_.scopes.size())};
  out.insert(out.end(), target_.scopes.begin(), target_.scopes.end());
  return out;
}

bool Minter::Fetchable(std::string_view absolute_url) const {
  return absolute_url.starts_with("http://") || absolute_url.starts_with("https://") ||
         (from_file_ && absolute_url.starts_with("file:"));
}

sdk::Result<std::string> Minter::Link(const sdk::LinkOrder& order) {
  if (!Fetchable(order.url)) return std::string(order.url);
  // A fragment is for the player; it is never sent to an origin.
  const auto hash = std::min(order.url.find('#'), order.url.size());
  target_.url = order.url.substr(0, hash);
  target_.kind = order.kind;
  target_.note = order.note;
  target_.extension = order.extension;
  target_.home = IsAtHome(target_.url) ? std::string() : home_;
  target_.is_template = order.is_template;
  target_.variants.clear();
  for (const auto& variant : order.variants) {
    target_.variants.push_back({std::string(variant.representation_id), variant.bandwidth});
  }
  auto link = state::MintLink(secrets_, target_);
  if (!link) return link;
  return (order.is_template ? template_base_ : base_) + *link + std::string(order.url.substr(hash));
}

bool Minter::IsAtHome(std::string_view url) {
  // Playlists hold thousands of URLs that begin alike.
  if (!at_home_.empty() && url.starts_with(at_home_)) return true;
  if (upstream::OriginOf(url) != home_) return false;
  const auto authority = url.find("://");
  const auto end = authority == std::string_view::npos ? authority : url.find('/', authority + 3);
  if (end != std::string_view::npos) at_home_ = url.substr(0, end + 1);
  return true;
}

std::string Minter::Proxied(std::string_view absolute_url, sdk::LinkKind kind) {
  auto link = Link({.url = absolute_url, .kind = kind});
  failed_ = failed_ || !link;
  return link ? std::move(*link) : std::string();
}

}  // namespace sluice::pipeline
