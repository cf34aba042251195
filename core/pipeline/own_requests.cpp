// SPDX-License-Identifier: MIT
#include "core/pipeline/own_requests.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "core/http/server.hpp"
#include "core/state/secrets.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::string_view kField = "Sluice-Own";
constexpr std::size_t kTokenOctets = 16;
constexpr std::array<std::string_view, 3> kLoopback = {"127.0.0.1", "::1", "localhost"};

}  // namespace

OwnRequests::OwnRequests() : token_(sdk::HexEncode(state::RandomBytes(kTokenOctets))) {}

void OwnRequests::Listen(std::set<std::uint16_t> ports) {
  const std::lock_guard lock(mutex_);
  ports_ = std::move(ports);
}

std::optional<sdk::Header> OwnRequests::MarkFor(std::string_view url) const {
  const auto parsed = sdk::ParseUrl(url);
  if (!parsed || std::find(kLoopback.begin(), kLoopback.end(), parsed->host) == kLoopback.end()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!ports_.contains(parsed->port_number)) return std::nullopt;
  return sdk::Header{std::string(kField), token_};
}

bool OwnRequests::IsMarked(const http::ServerExchange& viewer) const {
  const auto& fields = viewer.fields();
  return std::any_of(fields.begin(), fields.end(), [&](const sdk::Header& field) {
    return IsMark(field.name) && state::ConstantTimeEqual(field.value, token_);
  });
}

bool OwnRequests::IsMark(std::string_view name) { return sdk::EqualsIgnoreCase(name, kField); }

}  // namespace sluice::pipeline
