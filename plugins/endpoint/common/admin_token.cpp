// SPDX-License-Identifier: MIT
#include "endpoint/common/admin_token.hpp"

#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::admin_token {
namespace {

constexpr std::size_t kMinBytes = 8;

/// The token of "Bearer <token>"; empty for another scheme.
std::string_view BearerOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!sdk::EqualsIgnoreCase(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return authorization.substr(kScheme.size());
}

}  // namespace

sdk::Result<std::string> Read(const sdk::Config& config, std::string_view pointer) {
  auto token = std::string(sdk::TrimSpace(config.String(pointer)));
  if (!token.empty() && token.size() < kMinBytes) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                      .message = std::string(pointer) + ": is too short; want 8 characters or more"};
  }
  return token;
}

sdk::Status Check(const sdk::Host& host, std::string_view token, std::span<const sdk::Field> headers) {
  const bool bearer = host.secrets().Equal(token, BearerOf(sdk::FieldValue(headers, "Authorization")));
  const bool header = host.secrets().Equal(token, sdk::FieldValue(headers, "X-Sluice-Admin-Token"));
  if (!token.empty() && (bearer || header)) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kUnauthenticated,
                    .message = "want the admin token, as Authorization: Bearer or X-Sluice-Admin-Token"};
}

}  // namespace sluice::plugins::admin_token
