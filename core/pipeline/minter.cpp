// SPDX-License-Identifier: MIT
#include "core/pipeline/minter.hpp"

#include <algorithm>

#include "core/pipeline/exchange.hpp"
#include "core/state/secrets.hpp"

namespace sluice::pipeline {

Minter::Minter(const state::Secrets& secrets, const Exchange& exchange, const std::string& base_url)
    : secrets_(secrets),
      base_(base_url.empty() ? exchange.snapshot->config.server.base_url : base_url),
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

std::string Minter::Proxied(std::string_view absolute_url, sdk::LinkKind kind) {
  if (!Fetchable(absolute_url)) return std::string(absolute_url);
  // A fragment is for the player; it is never sent to an origin.
  const auto hash = std::min(absolute_url.find('#'), absolute_url.size());
  target_.url = absolute_url.substr(0, hash);
  target_.kind = kind;
  auto link = state::MintLink(secrets_, target_);
  if (!link) {
    failed_ = true;
    return {};
  }
  return base_ + *link + std::string(absolute_url.substr(hash));
}

}  // namespace sluice::pipeline
