// SPDX-License-Identifier: MIT
// Links of any octets, forged ones and ones that the server's own key sealed: no fault, and what opens is minted again
// as the same link.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/base64.hpp>
#include <string>
#include <string_view>

#include "core/state/links.hpp"
#include "core/state/secrets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  static const auto secrets = std::move(*state::Secrets::FromKey(std::string(32, 'k')));
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const sdk::Seconds now{};

  static_cast<void>(state::OpenLink(*secrets, octets, now));
  if (state::OpenLink(*secrets, std::string(state::kLinkPrefix) + std::string(octets), now)) std::abort();
  const auto sealed = secrets->SealDeterministic("links", octets);
  if (!sealed) return 0;
  const auto token = std::string(state::kLinkPrefix) + sdk::Base64UrlEncode(*sealed) + "/";
  const auto opened = state::OpenLink(*secrets, token + "x", now);
  if (!opened) return 0;
  const auto minted = state::MintLink(*secrets, *opened);
  const auto again = minted ? state::OpenLink(*secrets, *minted, now) : sdk::Result<state::LinkTarget>(minted.error());
  if (!again || again->url != opened->url || again->note != opened->note || again->scopes != opened->scopes)
    std::abort();
  return 0;
}
