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

/// "/go/<kind>?u=<target, percent-encoded>", with a note "/go/<kind>?u=<target>&n=<note, percent-encoded>".
struct ReadableMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override {
    static constexpr std::array kKinds{"manifest", "segment", "init", "key", "subtitle", "image", "data"};
    targets.emplace_back(absolute_url);
    return std::string("/go/") + kKinds.at(static_cast<std::size_t>(kind)) + "?u=" + sdk::PercentEncode(absolute_url);
  }
  sdk::Result<std::string> Link(const sdk::LinkOrder& order) override {
    return Proxied(order.url, order.kind) + "&n=" + sdk::PercentEncode(order.note);
  }
  std::vector<std::string> targets;
};

/// The note of the first link of `kind` in `text`; empty: it has none.
inline std::string NoteIn(std::string_view text, std::string_view kind = "manifest") {
  const auto link = text.find("/go/" + std::string(kind) + "?u=");
  if (link == std::string_view::npos) return {};
  const auto rest = text.substr(link, text.find_first_of("\"\n#", link) - link);
  return sdk::PercentDecode(sdk::QueryParam(rest.substr(rest.find('?') + 1), "n").value_or("")).value();
}

}  // namespace sluice::plugins::hls
