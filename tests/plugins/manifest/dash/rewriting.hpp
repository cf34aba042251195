// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the rewriter share: one call of it through the C tables, as the server makes it.

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "plugins/manifest/dash/dash_rewriter.hpp"
#include "tests/plugins/manifest/common/readable_template_minter.hpp"

namespace sluice::plugins::dash {

inline constexpr std::string_view kBase = "https://origin.example/show/index.mpd?token=s3cret";

using Rewritten = sdk::Result<sdk::RewrittenManifest>;

struct Given {
  std::string_view base_url = kBase;
  std::string_view note{};  ///< Of the link by which the viewer came.
  sdk::ReferenceFetcher* references = nullptr;
};

inline Rewritten Rewrite(std::string_view text, sdk::testing::TestConfig config = {}, const Given& given = {}) {
  mpd::ReadableTemplateMinter links;
  const auto rewriter = sdk::testing::CreateThroughAbi<DashRewriter>(std::move(config));
  if (!rewriter) return rewriter.error();
  return (*rewriter)->Rewrite(sdk::testing::AnyCall(),
                              {.text = text,
                               .base_url = given.base_url,
                               .content_type = "application/dash+xml",
                               .note = given.note,
                               .references = given.references},
                              links);
}

inline std::string TextOf(const Rewritten& result) {
  return result ? result->text : "error: " + result.error().message;
}

/// An MPD around what one Period holds.
inline std::string InPeriod(std::string_view content) {
  return "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period>" + std::string(content) + "</Period></MPD>";
}

}  // namespace sluice::plugins::dash
