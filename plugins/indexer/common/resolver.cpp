// SPDX-License-Identifier: MIT
#include "indexer/common/resolver.hpp"

#include <chrono>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/types.hpp>
#include <sluice/sdk/url.hpp>
#include <string_view>
#include <utility>

#include "store/common/info_hash.hpp"
#include "store/common/torrent_file.hpp"

namespace sluice::plugins::indexer {
namespace {

constexpr std::size_t kMaxTorrentBytes = 1024 * 1024;
constexpr std::size_t kMaxRemembered = 4096;
constexpr std::chrono::hours kLife{6};
constexpr int kMaxHops = 4;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

sdk::Error NoTorrent(const char* message) { return {.code = sdk::Errc::kUpstreamFailed, .message = message}; }

sdk::Result<Resolved> ReadTorrent(const std::string& body) {
  auto hash = store::InfoHashOfTorrent(sdk::AsBytes(body));
  if (!hash) return NoTorrent("the link leads to no torrent");
  return Resolved{.info_hash = *std::move(hash), .is_private = body.find("7:privatei1e") != std::string::npos};
}

}  // namespace

Resolver::Resolver(Asker& asker) : asker_(asker), resolved_(asker.host(), "the index", kMaxRemembered) {}

sdk::Result<Resolved> Resolver::Resolve(const sdk::Call& call, const std::string& url, const std::string& only_host) {
  using Fresh = remote::TtlCache<Resolved>::Fresh;
  // Apart by `only_host`: what the operator's index may reach is nothing that a viewer's shall learn of.
  return resolved_.Find(call, only_host + " " + url, [&]() -> sdk::Result<Fresh> {
    auto resolved = Fetch(call, url, only_host);
    if (!resolved) return std::move(resolved).error();
    return Fresh{.value = *std::move(resolved), .life = kLife};
  });
}

sdk::Result<Resolved> Resolver::Fetch(const sdk::Call& call, std::string url, const std::string& only_host) {
  for (int hop = 0; hop < kMaxHops; ++hop) {
    const auto host = HostOf(url);
    if (host.empty()) return NoTorrent("the link is no http or https URL");
    if (!only_host.empty() && host != only_host) {
      return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "the link leads to another host"};
    }
    const auto answer =
        asker_.Send(call, "torrent", "torrent " + host, {.url = url, .max_body_bytes = kMaxTorrentBytes});
    if (!answer) return answer.error();
    if (answer->status == 200) return ReadTorrent(answer->body);
    if (answer->status == 404 || answer->status == 410) {
      return sdk::Error{.code = sdk::Errc::kNotFound, .message = "the link leads to nothing"};
    }
    if (!IsRedirect(answer->status)) return Unwanted(*answer, "a torrent", asker_.host());
    const auto location = sdk::TrimSpace(sdk::FieldValue(answer->headers, "Location"));
    if (store::IsMagnet(location)) {
      auto hash = store::HashOfMagnet(location);
      if (!hash) return NoTorrent("the link leads to a magnet URI without a hash");
      return Resolved{.info_hash = *std::move(hash), .magnet = std::string(location)};
    }
    url = sdk::ResolveReference(url, location);
  }
  return NoTorrent("the link leads over too many redirects");
}

std::string HostOf(const std::string& url) {
  const auto parsed = sdk::ParseUrl(url);
  if (!parsed || !parsed->http() || parsed->host.empty() || !parsed->user_info.empty()) return {};
  return sdk::LowerCase(parsed->host) + ":" + std::to_string(parsed->port_number);
}

}  // namespace sluice::plugins::indexer
