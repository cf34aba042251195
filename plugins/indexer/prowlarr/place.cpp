// SPDX-License-Identifier: MIT
#include "place.hpp"

#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string_view>

#include "indexer/common/item.hpp"

namespace sluice::plugins::prowlarr {
namespace {

constexpr std::uint32_t kMaxIndexer = 1'000'000;

std::uint32_t NumberOf(std::string_view text) {
  return static_cast<std::uint32_t>(indexer::CountOf(text, kMaxIndexer));
}

/// Takes `end` off the text. \returns  false: it does not end so.
bool DropEnd(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

/// The number behind the last "/" of a path, which it takes off with the "/"; 0: there is none.
std::uint32_t DropNumber(std::string_view& url) {
  const auto slash = url.rfind('/');
  if (slash <= url.find("://") + 2) return 0;
  const auto number = NumberOf(url.substr(slash + 1));
  if (number != 0) url = url.substr(0, slash);
  return number;
}

}  // namespace

sdk::Result<Place> PlaceOf(const indexer::Address& address) {
  std::string_view base = address.base;
  Place place{};
  if (!address.indexer.empty() && !sdk::EqualsIgnoreCase(address.indexer, "all")) {
    place.indexer = NumberOf(address.indexer);
    if (place.indexer == 0) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "url: want the number of an index, or all"};
    }
  }
  if (address.indexer.empty()) {
    const bool is_newznab = DropEnd(base, "/newznab");
    const auto number = DropNumber(base);
    if (number != 0) place.indexer = number;
    if (is_newznab && number != 0) DropEnd(base, "/api/v1/indexer");
  }
  DropEnd(base, "/api/v1");
  place.base = base;
  return place;
}

}  // namespace sluice::plugins::prowlarr
