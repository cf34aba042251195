// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuthBackend: turns a credential into a principal, or refuses it.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::sdk {

/// One credential as the viewer presented it. Core extracts it, so that it never travels further.
struct Credentials {
  std::string_view scheme;  ///< "bearer", "basic", "header", "query" or "path". Out of an addon's URL: "userdata", a
                            ///< viewer's own key of a store; "viewer", the id of a user who is to be lent one.
  std::string_view user{};  ///< User name of "basic"; name of the header or parameter; of "userdata" and "viewer"
                            ///< the store, by its component type.
  std::string_view secret;  ///< Never empty.
  std::string_view client_ip{};   ///< Textual, without port.
  std::string_view user_agent{};  ///< May be empty.
  std::string_view action{};      ///< What the viewer is about to do: "check-cache", "stream". May be empty: not known.
  std::string_view hash{};        ///< Of what: an info hash, 40 lower-case hex digits. May be empty.
};

/// What a viewer was served.
struct UsageRecord {
  std::string_view id;        ///< The same each time that this record is reported, and no other's.
  std::string_view subject;   ///< Of the principal.
  std::string_view key_id{};  ///< Of the grant that was used; may be empty.
  std::string_view action{};  ///< "stream-served"
  std::string_view hash{};    ///< Of what, 40 lower-case hex digits; may be empty.
  bool cached = false;        ///< The store had it at once.
  std::uint64_t bytes = 0;    ///< Sent to the viewer; of a redirect the size of what it leads to, 0: not known.
  Seconds at{};               ///< When it began.
};

/// Takes news of who must not go on, and of who may again.
struct RevocationSink {
  /// \returns  whether more is wanted.
  virtual bool Put(std::string_view subject, bool is_revoked) = 0;

 protected:
  ~RevocationSink() = default;
};

/// What an auth backend does besides. The same for as long as the instance lives.
struct AuthInterests {
  bool usage = false;        ///< ReportUsage is to be called for whom it lets in.
  bool revocations = false;  ///< Watch is to be called.
};

/// Implemented by plugins. Id: "sluice.auth/1".
/// Threads: [worker] on every method.
struct AuthBackend {
  virtual ~AuthBackend() = default;

  /// Who presents `credentials`. Several backends may stand in a row: the first that recognises a credential decides.
  /// \returns  the principal, its `subject` not empty: links made for it would let nobody in. One whose `expires_at`
  ///           has passed is kUnauthenticated for the viewer. An empty optional when this is not a credential of this
  ///           backend's (the next one is asked); kUnauthenticated or kPermissionDenied when it is, and is refused
  ///           (nobody else is asked); kUpstreamFailed or any other error when it cannot be decided now (the request
  ///           is refused).
  virtual Result<std::optional<Principal>> Authenticate(const Call& call, const Credentials& credentials) = 0;

  /// Threads: [any].
  virtual AuthInterests Interests() const noexcept { return {}; }
  /// Takes over 1 to 100 records, all of them on the disk. One call at a time, in no order.
  /// \returns  OK: they are in good hands, and are forgotten. Any error: they come again, later each time, on their own
  ///           or with others; the receiver tells by their ids what it has already.
  virtual Status ReportUsage(const Call&, std::span<const UsageRecord>) {
    return Error{.code = Errc::kUnsupported, .message = "this backend takes no usage records"};
  }
  /// Puts subjects into `out` until the call is cancelled; then it comes back within a second. One call at a time, on a
  /// thread that is kept for it; after any answer it is called again a little later. Streams and links of a subject
  /// that is revoked end at once.
  virtual Status Watch(const Call&, RevocationSink&) {
    return Error{.code = Errc::kUnsupported, .message = "this backend revokes nobody"};
  }
};

}  // namespace sluice::sdk
