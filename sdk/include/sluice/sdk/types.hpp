// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Values that several interfaces share: header fields, principals, sources, sinks.

#include <sluice/sdk/result.hpp>
#include <sluice/sdk/text.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// Wall-clock time in whole seconds, UTC. The epoch (zero) means "none" or "never" where a field says so.
using Seconds = std::chrono::sys_seconds;

/// A header field that the receiver keeps.
struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

/// A header field, query parameter or path parameter seen during one call. Names keep the case they came with.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// Value of the first field of that name, letter case aside. \returns  a view into it; empty: there is none.
inline std::string_view FieldValue(std::span<const Field> fields, std::string_view name) {
  for (const auto& field : fields)
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  return {};
}

inline std::string_view FieldValue(std::span<const Header> headers, std::string_view name) {
  for (const auto& header : headers)
    if (EqualsIgnoreCase(header.name, name)) return header.value;
  return {};
}

/// A secret that an auth backend obtained for a principal. Lives in the exchange only: never logged, never in a URL.
struct Grant {
  std::string store;     ///< Component type of the store that takes the key: "torbox".
  std::string key;       ///< Secret.
  std::string key_id{};  ///< Names the key in usage records without showing it.
  Seconds expires_at{};  ///< Zero: not known.
};

/// Who is asking, and what they may do.
struct Principal {
  std::string subject;                ///< Stable, not secret, not empty: "user:42". Appears in logs.
  std::vector<std::string> scopes{};  ///< Compared exactly: "play", "admin".
  Seconds expires_at{};               ///< Zero: as long as the credential itself.
  std::vector<Grant> grants{};
  std::string session{};  ///< `Session::id` of the session that it came of: links end with that. Empty: none.
};

/// For what a viewer's use of something is written down.
struct Usage {
  std::string backend{};    ///< Auth component that let the principal in; empty: the one of this request.
  std::string subject{};    ///< Of the principal; empty: the one of this request.
  std::string key_id{};     ///< Of the grant that was used; may be empty.
  std::string action{};     ///< "stream-served"
  std::string hash{};       ///< Of what, 40 lower-case hex digits; may be empty.
  bool cached = false;      ///< The store had it at once.
  std::uint64_t bytes = 0;  ///< Of what a redirect leads to; 0: not known. Of a source: not looked at, core counts.
};

/// What core can fetch. Made by resolvers, stores, media backends and endpoints.
struct Source {
  std::string url;                ///< Absolute: http, https, or file (a local path, percent-encoded, RFC 8089).
  std::vector<Header> headers{};  ///< Sent upstream, and only to the origin of `url`. May hold secrets.
  Seconds expires_at{};           ///< When `url` stops working. Zero: not known.
  bool ranges = true;             ///< Whether the viewer's Range header is sent on.
  std::string context{};          ///< Comes back in `Child::context` of every link in this source's manifest; 256 bytes
                                  ///< at most, not secret: it travels (encrypted) in URLs.
  bool resumable = false;         ///< Should a body break off, core may ask `url` for the rest of it, with Range and
                                  ///< If-Range; only where the response had a strong validator (RFC 9110 §13.1.5).
  std::optional<Usage> usage{};   ///< What is written down of each response from it; nothing: what is known without.
};

/// What a link in a manifest points to, known from the tag that carried it. kKey: the key itself, 16 octets; the host
/// hands nothing else to players. What a key system gives out in place of it is kData.
enum class LinkKind : std::uint32_t { kManifest, kSegment, kInit, kKey, kSubtitle, kImage, kData };

/// A link that a viewer followed out of a rewritten manifest.
struct Child {
  std::string_view url;        ///< Absolute, as the manifest said after resolution.
  std::string_view context{};  ///< `Source::context` of the manifest.
  LinkKind kind = LinkKind::kSegment;
};

/// A request as plugins see it. Views are valid for the call.
struct RequestHead {
  std::string_view method;               ///< Upper case: "GET".
  std::string_view path;                 ///< As received, still percent-encoded, starts with "/".
  std::string_view query{};              ///< Without "?", as received; credentials that core consumed are removed.
  std::span<const Field> headers{};      ///< Credentials that core consumed are removed.
  std::span<const Field> params{};       ///< Captures of the path template, percent-decoded.
  const Principal* principal = nullptr;  ///< Null: no authenticate step ran.
};

/// Takes octets, in order.
struct ByteSink {
  /// Blocks while the receiver is slow. \returns kCancelled when the receiver is gone: stop.
  virtual Status Write(std::span<const std::byte> chunk) = 0;

 protected:
  ~ByteSink() = default;
};

/// The octets of `text`; a view into it.
inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

}  // namespace sluice::sdk
