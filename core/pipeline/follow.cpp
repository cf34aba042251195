// SPDX-License-Identifier: MIT
#include "core/pipeline/follow.hpp"

#include <algorithm>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/text.hpp>
#include <string_view>

namespace sluice::pipeline {

sdk::Status FollowQuery(const sdk::Call& call, Exchange& exchange, std::string& url) {
  const bool noted = exchange.link && !exchange.link->note.empty();
  if ((exchange.query.empty() && !noted) || url.starts_with("file:")) return sdk::Ok();
  sdk::Followed followed{.url = {}, .query = exchange.query};
  if (exchange.link) {
    followed.kind = exchange.link->kind;
    followed.note = exchange.link->note;
    followed.minted = true;
  }
  for (const auto& step : exchange.pipeline.steps) {
    if (step.config.kind != config::Step::Kind::kRewrite) continue;
    for (const auto& component : step.components) {
      followed.url = url;
      auto destination = component->As<sdk::ManifestRewriter>()->Follow(call, followed);
      if (!destination) return std::move(destination).error();
      const auto scheme = std::string_view(destination->url).substr(0, destination->url.find("://"));
      if (!sdk::EqualsIgnoreCase(scheme, "http") && !sdk::EqualsIgnoreCase(scheme, "https")) {
        return sdk::Error{.code = sdk::Errc::kInternal,
                          .message = "rewriter " + component->name() + ": want an http or https URL to follow"};
      }
      url = std::move(destination->url);
      exchange.wait = std::max(exchange.wait, destination->wait);
    }
  }
  return sdk::Ok();
}

}  // namespace sluice::pipeline
