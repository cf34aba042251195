// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Resolver: says what core shall fetch for a request of a pipeline.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

namespace sluice::sdk {

/// Implemented by plugins. Id: "sluice.resolver/1".
/// Threads: [worker] on every method.
struct Resolver {
  virtual ~Resolver() = default;

  /// What to fetch for a request that came by no link. Its path, query and captures are the viewer's: take nothing in
  /// them on trust.
  /// \returns  kInvalidArgument (the request names no source), kNotFound, kPermissionDenied, kUpstreamFailed,
  ///           kDeadlineExceeded, kCancelled: the failure of the `resolve` step, whose `on_error` decides. A URL that
  ///           is empty or holds a control character, and a context of more than 256 bytes, are kInternal.
  virtual Result<Source> Resolve(const Call& call, const RequestHead& head) = 0;

  /// What to fetch for a link that the viewer followed out of a manifest of this resolver's. The link is authentic: it
  /// was minted by the host. The default takes it as it is, without headers.
  /// Also asked before the host follows a redirect of what this resolver resolved (kind kData, or the link's own): of
  /// the answer only the headers count, and they are sent there in place of those of the same name.
  /// \param head  of the viewer's request; its path may be a link's, which tells nothing.
  /// \returns  kPermissionDenied when the link leads out of what this resolver serves; otherwise as Resolve.
  virtual Result<Source> ResolveChild(const Call&, const RequestHead&, const Child& child) {
    return Source{.url = std::string(child.url), .context = std::string(child.context)};
  }
};

}  // namespace sluice::sdk
