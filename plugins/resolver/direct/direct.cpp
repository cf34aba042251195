// SPDX-License-Identifier: MIT
#include "direct.hpp"

#include <array>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "overrides.hpp"

namespace sluice::plugins::direct {
namespace {

constexpr std::array<std::string_view, 2> kPasswordFields = {"x-sluice-api-password", "x-sprox-api-password"};

/// Everything in the request that may be meant as the password.
std::vector<std::string> Presented(const sdk::RequestHead& head) {
  constexpr std::string_view kBearer = "bearer ";
  std::vector<std::string> found;
  for (const auto& field : head.headers) {
    for (const auto name : kPasswordFields) {
      if (sdk::EqualsIgnoreCase(field.name, name)) found.emplace_back(sdk::TrimSpace(field.value));
    }
    if (sdk::EqualsIgnoreCase(field.name, "authorization") &&
        sdk::EqualsIgnoreCase(field.value.substr(0, kBearer.size()), kBearer)) {
      found.emplace_back(sdk::TrimSpace(field.value.substr(kBearer.size())));
    }
  }
  if (const auto raw = sdk::QueryParam(head.query, "api_password")) {
    if (const auto value = sdk::PercentDecode(*raw)) found.emplace_back(sdk::TrimSpace(*value));
  }
  std::erase(found, std::string());
  return found;
}

/// Keys that a viewer brings for what is encrypted, as links carry them to the filter that decrypts: `key_id` and `key`
/// of the query, as they stand there.
sdk::Result<std::string> ReadKeys(std::string_view query) {
  const auto key = sdk::QueryParam(query, "key");
  if (!key || key->empty()) return std::string();
  auto context = "key=" + std::string(*key);
  if (const auto id = sdk::QueryParam(query, "key_id")) context += "&key_id=" + std::string(*id);
  constexpr std::size_t kMaxContextBytes = 256;
  if (context.size() <= kMaxContextBytes) return context;
  return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "query parameter `key`: want at most three keys"};
}

}  // namespace

sdk::Result<std::unique_ptr<Direct>> Direct::Create(sdk::Host host, const sdk::Config& config) {
  auto allowed = AllowList::Read(config);
  if (!allowed) return std::move(allowed).error();
  return std::unique_ptr<Direct>(
      new Direct(std::move(host), std::string(sdk::TrimSpace(config.String("/api_password"))), std::move(*allowed)));
}

sdk::Status Direct::CheckPassword(const sdk::RequestHead& head) const {
  if (password_.empty()) return sdk::Ok();
  const auto presented = Presented(head);
  if (presented.empty()) {
    return sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "direct stream password is required"};
  }
  bool known = false;  // every one is compared: how long it takes must tell nothing
  for (const auto& password : presented) known = host_.secrets().Equal(password_, password) || known;
  if (known) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "direct stream password is invalid"};
}

sdk::Result<sdk::Source> Direct::Resolve(const sdk::Call&, const sdk::RequestHead& head) {
  const auto raw = sdk::QueryParam(head.query, "d");
  if (!raw || raw->empty()) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "query parameter `d` is required"};
  }
  if (auto checked = CheckPassword(head); !checked) return std::move(checked).error();
  const auto decoded = sdk::PercentDecode(*raw);
  if (!decoded) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                      .message = "query parameter `d`: want two hex digits after each \"%\""};
  }
  const auto url = sdk::TrimSpace(*decoded);
  if (url.empty()) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "query parameter `d` is required"};
  }
  auto destination = ParseDestination(url);
  if (!destination) return std::move(destination).error();
  if (auto allowed = allowed_.Check(*destination); !allowed) return std::move(allowed).error();
  auto fields = ReadOverrides(head.query);
  if (!fields) return std::move(fields).error();
  auto keys = ReadKeys(head.query);
  if (!keys) return std::move(keys).error();
  return sdk::Source{.url = std::move(destination->url),
                     .headers = std::move(*fields),
                     .context = std::move(*keys),
                     .resumable = true};
}

sdk::Result<sdk::Source> Direct::ResolveChild(const sdk::Call&, const sdk::RequestHead& head, const sdk::Child& child) {
  auto destination = ParseDestination(child.url);
  if (destination) {
    const auto allowed = allowed_.Check(*destination);
    if (allowed) {
      auto fields = ReadOverrides(head.query);
      if (!fields) return std::move(fields).error();
      return sdk::Source{.url = std::move(destination->url),
                         .headers = std::move(*fields),
                         .context = std::string(child.context),
                         .resumable = true};
    }
  }
  // Without the URL: where an allowed destination sends its callers is not for viewers to know.
  return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                    .message = "the destination redirects to one that is not allowlisted"};
}

}  // namespace sluice::plugins::direct
