// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the server gives a rewriter: links of its own, and a call.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/manifest.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/state/links.hpp"
#include "core/state/secrets.hpp"

namespace sluice::bench {

/// As core/pipeline/minter.cpp does it, for somebody who had to say who they are.
struct RealMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override {
    return *Link({.url = absolute_url, .kind = kind});
  }
  sdk::Result<std::string> Link(const sdk::LinkOrder& order) override {
    target.url = order.url;
    target.kind = order.kind;
    target.note = order.note;
    target.extension = order.extension;
    target.is_template = order.is_template;
    target.variants.clear();
    for (const auto& variant : order.variants)
      target.variants.push_back({std::string(variant.representation_id), variant.bandwidth});
    return state::MintLink(*secrets, target);
  }
  const std::unique_ptr<state::Secrets> secrets = std::move(*state::Secrets::FromKey(std::string(32, 'k')));
  state::LinkTarget target{.pipeline = "vod",
                           .subject = "user:42",
                           .scopes = {"play"},
                           .context = {},
                           .url = {},
                           .expires_at = sdk::Seconds(std::chrono::hours(500'000))};
};

/// One without a deadline.
inline const sdk::Call& AnyCall() {
  static const sluice_call raw = [] {
    sluice_call call{};
    call.deadline_ns = INT64_MAX;
    return call;
  }();
  static const sdk::Call call(raw);
  return call;
}

}  // namespace sluice::bench
