// SPDX-License-Identifier: MIT
#include "core/pipeline/link_service.hpp"

#include <sluice/sdk/url.hpp>

#include "core/state/links.hpp"

namespace sluice::pipeline {

sdk::Result<std::string> LinkService::Mint(std::string_view pipeline, std::string_view url, sdk::LinkKind kind,
                                           std::string_view context, std::string_view subject,
                                           std::chrono::seconds ttl) {
  const auto snapshot = current_();
  if (!snapshot || snapshot->FindPipeline(pipeline) == nullptr) {
    return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no pipeline \"" + std::string(pipeline) + "\""};
  }
  const auto parsed = sdk::ParseUrl(url);
  if (!parsed || (parsed->scheme != "http" && parsed->scheme != "https")) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "url: want an absolute http or https URL"};
  }
  auto link = state::MintLink(secrets_, {.pipeline = std::string(pipeline),
                                         .subject = std::string(subject),
                                         .scopes = {},
                                         .context = std::string(context),
                                         .url = std::string(url),
                                         .kind = kind,
                                         .expires_at = state::LinkExpiry(std::chrono::system_clock::now(), ttl)});
  if (!link) return link;
  return snapshot->config.server.base_url + *link;
}

}  // namespace sluice::pipeline
