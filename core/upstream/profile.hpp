// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Profile: how the requests of one fetch step leave: through which proxy, with which TLS, how often, to whom.

#include <memory>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

#include "core/upstream/health.hpp"
#include "core/upstream/origin.hpp"
#include "core/upstream/proxy.hpp"
#include "core/upstream/retry.hpp"
#include "core/upstream/tls.hpp"

namespace sluice::upstream {

struct ProfileOptions {
  std::string name = {};                   ///< Whose requests these are ("pipeline vod"); for the log only.
  std::optional<ProxyOptions> proxy = {};  ///< None: direct.
  /// False: names are resolved and checked here, and the proxy is asked for the checked address, plain HTTP through an
  /// http(s):// proxy included. True: the proxy may look up names by itself, and is trusted not to reach what the
  /// address guard would refuse: with socks5h:// and http(s):// it gets the name. Addresses written in URLs, and
  /// "localhost", are checked all the same. Names that the client trusts go to socks5h:// and http(s):// proxies as
  /// names in any case.
  bool proxy_resolves = false;
  TlsOptions tls = {};  ///< An empty ca_file is the system's, whatever the client's is.
  RetryOptions retry = {};
  /// Origins that serve the same paths, in order of preference: "https://a.example", "http://b.example:8080". A request
  /// to one of them may be answered by any of them; 502, 503 and 504 then count as faults of that origin. Empty:
  /// every request goes where its URL says.
  std::vector<std::string> origins = {};
  HealthOptions health = {};  ///< Of `origins`.
};

/// Its options never change; what it remembers of origins does. Make one for each fetch step when a configuration is
/// loaded. Threads: [any].
class Profile {
 public:
  /// Reads the files that `options.tls` names.
  /// \returns  kInvalidArgument naming the field: "/tls/ca_file: want …", "/retry/attempts: want …", "/origins/1: …".
  static sdk::Result<std::shared_ptr<const Profile>> Make(ProfileOptions options);
  /// Direct, one attempt. A `ca_file` that cannot be read fails closed: no TLS is spoken.
  static std::shared_ptr<const Profile> Plain(const std::string& ca_file);

  const ProfileOptions& options() const { return options_; }
  /// `options().origins`, parsed.
  const std::vector<Origin>& origins() const { return origins_; }
  const std::shared_ptr<Tls>& tls() const { return tls_; }
  /// How TLS is spoken to the proxy; null unless it is an https:// one.
  const std::shared_ptr<Tls>& proxy_tls() const { return proxy_tls_; }
  /// Equal for connections to one origin that may stand in for each other: same proxy, same TLS.
  const std::string& Via(bool tls) const { return tls ? via_tls_ : via_plain_; }
  /// Equal for profiles that get the same answers: same ways out, same origins.
  const std::string& identity() const { return identity_; }
  /// The same for hosts that `options().tls` does not speak of: without its name, its client certificate and its leave
  /// to skip verification. Budgets and health are those of neither.
  const Profile& for_strangers() const { return strangers_ ? *strangers_ : *this; }
  RetryBudgets& budgets() const { return memory_->budgets; }
  Health& health() const { return memory_->health; }

 private:
  struct Memory {
    RetryBudgets budgets;
    Health health;
  };
  Profile(ProfileOptions options, std::vector<Origin> origins, std::shared_ptr<Tls> tls,
          std::shared_ptr<Tls> proxy_tls);
  void DescribeProxy(const ProxyOptions& proxy);

  const ProfileOptions options_;
  const std::vector<Origin> origins_;
  const std::shared_ptr<Tls> tls_;
  const std::shared_ptr<Tls> proxy_tls_;
  std::string via_plain_;
  std::string via_tls_;
  std::string identity_;
  const std::unique_ptr<Memory> memory_;
  std::shared_ptr<const Profile> strangers_;  ///< Null: there is no difference.
};

}  // namespace sluice::upstream
