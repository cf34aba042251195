// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ReadableMinter: links in which a person and a test can read the target.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::hls {

/// "/go/<kind>?u=<target, percent-encoded>".
struct ReadableMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override {
    static constexpr std::array kKinds{"manifest", "segment", "init", "key", "subtitle", "image", "data"};
    targets.emplace_back(absolute_url);
    return std::string("/go/") + kKinds.at(static_cast<std::size_t>(kind)) + "?u=" + sdk::PercentEncode(absolute_url);
  }
  std::vector<std::string> targets;
};

}  // namespace sluice::plugins::hls
