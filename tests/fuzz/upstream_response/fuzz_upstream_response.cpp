// SPDX-License-Identifier: MIT
/// \file
/// An origin's response head, and the redirect that it may hold: both are written by strangers.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/http/head_scanner.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/redirect.hpp"
#include "core/upstream/response_head.hpp"

namespace {

using namespace sluice;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckRedirect(std::string_view location) {
  upstream::Hop hop{"GET", *upstream::ParseTarget("https://origin.example/a/b?c"), {{"Cookie", "secret"}}, {}};
  if (!upstream::Follow(302, location, hop)) return;
  const auto& target = hop.target;
  Require(target.origin.tls);
  Require(target.origin.port != 0);
  Require(upstream::IsHostName(target.origin.host) || net::IpAddress::Parse(target.origin.host).has_value());
  Require(target.path.starts_with('/'));
  for (const char c : target.path) Require(c > ' ' && c < 0x7F);
  Require(target.origin.host == "origin.example" || hop.headers.empty());
  const auto again = upstream::ParseTarget(target.url);
  Require(again && again->path == target.path && again->origin == target.origin);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::size_t scanned = 0;
  const auto end = http::FindHeadEnd(input, scanned);
  if (end.state != http::HeadEnd::State::kComplete) return 0;
  upstream::ResponseHead head;
  if (upstream::ParseResponseHead(input.substr(0, end.size), false, head) != http::Fault::kNone) return 0;
  Require(head.status >= 100 && head.status <= 599);
  Require(!(head.framing.kind == upstream::BodyKind::kChunked && head.announced_length));
  for (const auto& field : head.headers) Require(!upstream::IsHopByHop(field.name));
  if (const auto location = upstream::FindField(head.headers, "Location")) CheckRedirect(*location);
  return 0;
}
