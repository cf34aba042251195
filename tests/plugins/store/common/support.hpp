// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A small store's dialect, and a host to ask it with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <string>

#include "store/common/api.hpp"

namespace sluice::plugins::store {

using namespace std::chrono_literals;
using sdk::testing::AnyCall;
using sdk::testing::CallFor;
using sdk::testing::FakeHost;

inline const std::string kKey = "planted-key-of-an-account";
inline const std::string kThings = "https://store.example/things";

inline constexpr ErrorRow kErrors[] = {
    {"BAD_TOKEN", Code::kUnauthorized}, {"TOO_OFTEN", Code::kTooManyRequests}, {"BROKEN", Code::kInternalServerError}};
inline constexpr Dialect kDialect{.store = "demo", .complaint = [](int, const Json& body) -> std::optional<Complaint> {
                                    const auto error = TextOf(body, "error");
                                    if (error.empty()) return std::nullopt;
                                    return ComplaintOf(kErrors, error);
                                  }};
inline constexpr Limit kThreeAMinute[] = {{.calls = 3, .period = 60s}};
inline constexpr Budget kBudget{.name = "things", .limits = kThreeAMinute};
inline constexpr Endpoint kCounted{.name = "things", .budget = &kBudget};
inline constexpr Endpoint kUncounted{.name = "things"};

inline ApiOptions Options() {
  return {
      .base_url = "https://store.example", .timeout = 20s, .max_wait = 2s, .breaker_failures = 3, .breaker_pause = 15s};
}

}  // namespace sluice::plugins::store
