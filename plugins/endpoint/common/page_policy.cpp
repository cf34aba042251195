// SPDX-License-Identifier: MIT
#include "endpoint/common/page_policy.hpp"

#include <sluice/sdk/base64.hpp>

#include "endpoint/common/sha256.hpp"

namespace sluice::plugins::page {
namespace {

void Allow(const char* directive, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out.append("; ").append(directive).append(" 'sha256-").append(sdk::Base64Encode(Sha256(text))).append("'");
}

}  // namespace

std::string Policy(std::string_view style, std::string_view script) {
  std::string out = "default-src 'none'";
  Allow("style-src", style, out);
  Allow("script-src", script, out);
  return out.append("; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
}

}  // namespace sluice::plugins::page
