// SPDX-License-Identifier: MIT
#include "indexer/common/address.hpp"

#include <algorithm>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::indexer {
namespace {

constexpr std::string_view kJackettPath = "/api/v2.0/indexers/";
constexpr std::string_view kJackettEnd = "/results/torznab";
constexpr std::size_t kMaxAddressBytes = 2048;
constexpr std::size_t kMaxIndexerBytes = 100;

sdk::Error Fault(const char* wanted) {
  return {.code = sdk::Errc::kInvalidArgument, .message = std::string("url: want ") + wanted};
}

/// Octets that Jackett and Prowlarr make names of; none that means something in a path.
bool IsIndexerId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIndexerBytes && text.find_first_not_of('.') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           const char lower = sdk::LowerLetter(c);
           return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

/// Without "/" and "/api" at the end.
std::string_view BaseOf(std::string_view url) {
  const auto drop_slashes = [&] {
    while (url.ends_with('/')) url.remove_suffix(1);
  };
  drop_slashes();
  if (url.ends_with("/api")) url.remove_suffix(4);
  drop_slashes();
  return url;
}

sdk::Result<Address> Named(std::string base, std::string_view indexer) {
  const auto url = sdk::ParseUrl(base);
  if (!url || !url->http() || url->host.empty()) return Fault("an http or https URL");
  if (!url->user_info.empty() || url->has_query || url->has_fragment) {
    return Fault("a URL without user name, query and fragment");
  }
  if (!indexer.empty() && !IsIndexerId(indexer)) return Fault("letters, digits, - _ and . in the name of the index");
  return Address{.base = std::move(base), .indexer = std::string(indexer)};
}

sdk::Result<Address> FromUrl(std::string_view url) {
  if (!url.ends_with(kJackettEnd)) return Named(std::string(url), {});
  const auto front = url.substr(0, url.size() - kJackettEnd.size());
  const auto path = front.rfind(kJackettPath);
  if (path == std::string_view::npos) return Named(std::string(url), {});
  const auto indexer = front.substr(path + kJackettPath.size());
  if (!IsIndexerId(indexer)) return Named(std::string(url), {});
  return Named(std::string(url.substr(0, path)), indexer);
}

}  // namespace

sdk::Result<Address> ReadAddress(std::string_view text) {
  text = sdk::TrimSpace(text);
  if (text.empty() || text.size() > kMaxAddressBytes) return Fault("a URL of at most 2048 octets");
  if (const auto mark = text.find(":::"); mark != std::string_view::npos && mark < text.find('/')) {
    if (mark == 0) return Fault("the name of an index in front of :::");
    return Named(std::string(BaseOf(text.substr(mark + 3))), text.substr(0, mark));
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return Fault("an http or https URL");
  if (text.substr(colon).starts_with("://")) return FromUrl(BaseOf(text));
  const auto mark = text.rfind("::");
  if (mark == std::string_view::npos || mark <= colon || mark + 2 == text.size()) return Fault("an http or https URL");
  std::string base(text.substr(0, colon));
  base.append("://").append(BaseOf(text.substr(colon + 1, mark - colon - 1)));
  return Named(std::move(base), text.substr(mark + 2));
}

std::string TorznabUrl(const Address& address) {
  std::string url = address.base;
  if (!address.indexer.empty()) url.append(kJackettPath).append(address.indexer).append(kJackettEnd);
  return url + "/api";
}

}  // namespace sluice::plugins::indexer
