// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the rewriter share: one call of it through the C tables, as the server makes it.

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "readable_minter.hpp"

namespace sluice::plugins::hls {

inline constexpr std::string_view kBase = "https://origin.example/show/index.m3u8?token=s3cret";

using Rewritten = sdk::Result<sdk::RewrittenManifest>;

/// \param note  of the link by which the viewer came.
inline Rewritten Rewrite(std::string_view text, sdk::testing::TestConfig config = {}, std::string_view base = kBase,
                         std::string_view note = {}) {
  ReadableMinter links;
  const auto rewriter = sdk::testing::CreateThroughAbi<HlsRewriter>(std::move(config));
  if (!rewriter) return rewriter.error();
  return (*rewriter)->Rewrite(sdk::testing::AnyCall(),
                              {.text = text, .base_url = base, .content_type = {}, .note = note}, links);
}

inline std::string TextOf(const Rewritten& result) {
  return result ? result->text : "error: " + result.error().message;
}

}  // namespace sluice::plugins::hls
