// SPDX-License-Identifier: MIT
#include "core/pipeline/minter.hpp"

#include <algorithm>
#include <sluice/sdk/url_template.hpp>

#include "core/pipeline/exchange.hpp"
#include "core/state/secrets.hpp"

namespace sluice::pipeline {

Minter::Minter(const state::Secrets& secrets, const Exchange& exchange, const std::string& base_url)
    : secrets_(secrets),
      base_(base_url.empty() ? exchange.snapshot->config.server.base_url : base_url),
      template_base_(sdk::EscapeDollars(base_)),
      from_file_(exchange.response->url.starts_with("file:")) {
  target_.pipeline = exchange.pipeline.config.name;
  target_.context = exchange.source->context;
  if (exchange.principal) {
    target_.subject = exchange.principal->subject;
    target_.scopes = exchange.principal->scopes;
  }
  const auto ttl = std::chrono::ceil<std::chrono::seconds>(exchange.snapshot->config.state.link_ttl);
  target_.expires_at =
      exchange.link ? exchange.link->expires_at : state::LinkExpiry(std::chrono::system_clock::now(), ttl);
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
  target_.is_template = order.is_template;
  target_.variants.clear();
  for (const auto& variant : order.variants) {
    target_.variants.push_back({std::string(variant.representation_id), variant.bandwidth});
  }
  auto link = state::MintLink(secrets_, target_);
  if (!link) return link;
  return (order.is_template ? template_base_ : base_) + *link + std::string(order.url.substr(hash));
}

std::string Minter::Proxied(std::string_view absolute_url, sdk::LinkKind kind) {
  auto link = Link({.url = absolute_url, .kind = kind});
  failed_ = failed_ || !link;
  return link ? std::move(*link) : std::string();
}

}  // namespace sluice::pipeline
