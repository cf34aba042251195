// SPDX-License-Identifier: MIT
#include "store/common/options.hpp"

#include <sluice/sdk/url.hpp>

namespace sluice::plugins::store {

sdk::Result<ApiOptions> ReadApiOptions(const sdk::Config& config) {
  auto text = config.String("/base_url");
  const auto url = sdk::ParseUrl(text);
  if (!url || !url->http() || url->host.empty() || !url->user_info.empty() || url->has_query || url->has_fragment) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                      .message = "/base_url: want an http or https URL without user name, query and fragment"};
  }
  while (text.ends_with('/')) text.pop_back();
  return ApiOptions{.base_url = std::move(text),
                    .timeout = std::chrono::seconds(config.Int("/timeout")),
                    .max_wait = std::chrono::milliseconds(config.Int("/max_wait_ms")),
                    .breaker_failures = static_cast<std::uint32_t>(config.Uint("/breaker_failures")),
                    .breaker_pause = std::chrono::seconds(config.Int("/breaker_pause"))};
}

}  // namespace sluice::plugins::store
