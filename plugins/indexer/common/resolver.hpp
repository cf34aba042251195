// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Resolver: what a link of an index leads to, a magnet URI or a .torrent file, and by which hash it is known.

#include <sluice/sdk/host.hpp>
#include <string>

#include "common/remote/ttl_cache.hpp"
#include "indexer/common/asker.hpp"

namespace sluice::plugins::indexer {

struct Resolved {
  std::string info_hash{};  ///< 40 lower-case hex digits.
  std::string magnet{};     ///< As the link redirects to it; empty: it leads to a file.
  bool is_private = false;  ///< The file says so (BEP 27).
};

/// Remembers 4096 links for six hours. Threads: [any].
class Resolver {
 public:
  /// \param asker  outlives it.
  explicit Resolver(Asker& asker);

  /// Fetches `url`, and follows it over three redirects at most. One to a magnet URI is read, and not followed.
  /// \param only_host  no request goes anywhere else, as from what a stranger has written; in lower case, with its
  /// port.
  ///                   Empty: any that the address guard lets pass.
  /// \returns  kNotFound: there is nothing; kPermissionDenied: it leads elsewhere than it may; kUpstreamFailed: no
  ///           torrent, or one over 1 MiB; otherwise as Asker::Send.
  sdk::Result<Resolved> Resolve(const sdk::Call& call, const std::string& url, const std::string& only_host);

 private:
  sdk::Result<Resolved> Fetch(const sdk::Call& call, std::string url, const std::string& only_host);

  Asker& asker_;
  remote::TtlCache<Resolved> resolved_;
};

/// "jackett.example:9117", in lower case; empty: `url` is none that may be asked, for want of http or with a user name.
std::string HostOf(const std::string& url);

}  // namespace sluice::plugins::indexer
