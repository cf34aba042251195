// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Routes of an endpoint, as core takes them.

#include <cstddef>
#include <optional>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <sluice/sdk/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins {

/// Whether `path` fits the template; then `request` gets what that captures, but for the rest behind "{name...}".
inline bool FitsRoute(std::string_view path_template, std::string_view path, sdk::testing::TestRequest& request) {
  std::vector<sdk::Header> captures;
  bool rest = false;
  while (!rest && !path_template.empty() && !path.empty()) {
    const auto wanted = sdk::TakeUpTo(path_template, '/');
    rest = wanted.ends_with("...}");
    if (rest) break;
    const auto got = sdk::TakeUpTo(path, '/');
    if (wanted.starts_with('{')) {
      captures.push_back({std::string(wanted.substr(1, wanted.size() - 2)), std::string(got)});
    } else if (wanted != got) {
      return false;
    }
  }
  if (!rest && (!path_template.empty() || !path.empty())) return false;
  for (auto& capture : captures) request.Param(capture.name, capture.value);
  return true;
}

/// \param path  without a query. \returns  nothing: there is none for it.
inline std::optional<std::size_t> RouteOf(const sdk::Endpoint& endpoint, std::string_view method, std::string_view path,
                                          sdk::testing::TestRequest& request) {
  const auto routes = endpoint.Routes();
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].method == method && FitsRoute(routes[i].path_template, path, request)) return i;
  }
  return std::nullopt;
}

}  // namespace sluice::plugins
