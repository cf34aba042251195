// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ReadableTemplateMinter: links, and links that are templates, in which a person and a test can read the target.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url.hpp>
#include <sluice/sdk/url_template.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::plugins::mpd {

/// "/go/<kind>[/<identifiers>]/x[.<extension>]?u=<target, percent-encoded>[;v=<id>:<bandwidth>…][;n=<note>]", of a
/// template "?t=". No "&", which XML would escape.
struct ReadableTemplateMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override {
    return *Link({.url = absolute_url, .kind = kind});
  }
  sdk::Result<std::string> Link(const sdk::LinkOrder& order) override {
    static constexpr std::array kKinds{"manifest", "segment", "init", "key", "subtitle", "image", "data"};
    std::string out = std::string("/go/") + kKinds.at(static_cast<std::size_t>(order.kind));
    if (order.is_template) {
      const auto parsed = sdk::UrlTemplate::Parse(order.url);
      if (!parsed) return parsed.error();
      if (!parsed->fields().empty()) out += "/" + parsed->Placeholders();
    }
    out += "/x";
    if (!order.extension.empty()) out.append(".").append(order.extension);
    out += (order.is_template ? "?t=" : "?u=") + sdk::PercentEncode(order.url);
    for (const auto& variant : order.variants)
      out += ";v=" + sdk::PercentEncode(variant.representation_id) + ":" + std::to_string(variant.bandwidth);
    if (!order.note.empty()) out += ";n=" + sdk::PercentEncode(order.note);
    return out;
  }
};

}  // namespace sluice::plugins::mpd
