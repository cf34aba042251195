// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the direct resolver share.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_resolver.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>

#include "direct.hpp"

namespace sluice::plugins::direct::testing {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using sdk::testing::TestRequest;

/// Everything of media.example by https, films of plain.example by both, two odd hosts.
inline TestConfig Allowing() {
  return R"({"allowlist": [
    {"domain": "media.example"},
    {"domain": "Plain.example", "schemes": ["http", "https"], "paths": ["/films/*.mp4", "/live/**"]},
    {"domain": "192.0.2.7"}, {"domain": "[::ffff:127.0.0.1]"}, {"domain": "xn--mdia-bpa.example"}]})";
}

/// "<code as number>: message", or "URL" when it is resolved.
inline std::string Outcome(const sdk::Result<sdk::Source>& source) {
  if (source) return source->url;
  return std::to_string(static_cast<int>(source.error().code)) + ": " + source.error().message;
}

inline std::string Ask(const TestConfig& config, std::string_view target) {
  FakeHost host;
  auto direct = CreateThroughAbi<Direct>(config, host);
  if (!direct) return "not created: " + direct.error().message;
  TestRequest request("GET", target);
  return Outcome((*direct)->Resolve(AnyCall(), request.head()));
}

/// Asks for `d`, encoded as a browser's encodeURIComponent does.
inline std::string AskFor(std::string_view d) { return Ask(Allowing(), "/proxy/stream?d=" + sdk::PercentEncode(d)); }

}  // namespace sluice::plugins::direct::testing
