// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Profile: how the requests of one fetch step leave: through which proxy, with which TLS, how often, to whom.

#include <memory>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

#include "core/upstream/origin.hpp"
#include "core/upstream/proxy.hpp"
#include "core/upstream/retry.hpp"
#include "core/upstream/tls_context.hpp"

namespace sluice::upstream {

struct ProfileOptions {
  std::string name = {};                   ///< Whose requests these are ("pipeline vod"); for the log only.
  std::optional<ProxyOptions> proxy = {};  ///< None: direct.
  /// The proxy may look up names by itself, and is trusted not to reach what the address guard would refuse: with
  /// socks5h:// it gets the name, with http(s):// plain requests go in absolute-form. Addresses written in URLs are
  /// checked all the same. False: names are resolved and checked here, and the proxy gets the checked address.
  bool proxy_resolves = false;
  TlsOptions tls = {};  ///< An empty ca_file is the system's, whatever the client's is.
  RetryOptions retry = {};
  /// Origins that serve the same paths, in order of preference: "https://a.example", "http://b.example:8080". A request
  /// to one of them may be answered by any of them; 502, 503 and 504 then count as faults of that origin. Empty:
  /// every request goes where its URL says.
  std::vector<std::string> origins = {};
};

/// Immutable. Make one for each fetch step when a configuration is loaded. Threads: [any].
class Profile {
 public:
  /// Reads the files that `options.tls` names.
  /// \returns  kInvalidArgument naming the field: "/tls/ca_file: want …", "/retry/attempts: want …", "/origins/1: …".
  static sdk::Result<std::shared_ptr<const Profile>> Make(ProfileOptions options);

  const ProfileOptions& options() const { return options_; }
  /// `options().origins`, parsed.
  const std::vector<Origin>& origins() const { return origins_; }
  const TlsContext& tls_context() const { return tls_context_; }

 private:
  explicit Profile(ProfileOptions options) : options_(std::move(options)) {}

  const ProfileOptions options_;
  std::vector<Origin> origins_;
  TlsContext tls_context_;
};

}  // namespace sluice::upstream
