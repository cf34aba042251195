// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Links: URLs under which the gateway serves something else: encrypted, authentic, expiring, and the same each time.

#include <cstdint>
#include <optional>
#include <sluice/sdk/types.hpp>
#include <sluice/sdk/url_template.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::state {

class Secrets;

/// One Representation that a template link is good for.
struct LinkVariant {
  std::string representation_id;
  std::uint64_t bandwidth = 0;
  bool operator==(const LinkVariant&) const = default;
};

/// What a link stands for. Everything in it but `extension` is encrypted and authenticated (AES-256-SIV, RFC 5297).
struct LinkTarget {
  std::string pipeline;             ///< Which pipeline serves it.
  std::string subject;              ///< Whom it lets in; empty: nobody had to say who they are.
  std::vector<std::string> scopes;  ///< Of the principal whom it was minted for.
  std::string context;              ///< `sdk::Source::context`.
  std::string url;                  ///< Absolute. Of a template link that was opened: what the player asked for.
  sdk::LinkKind kind = sdk::LinkKind::kSegment;
  sdk::Seconds expires_at{};
  std::string note = {};                   ///< `sdk::LinkOrder::note`.
  std::string extension = {};              ///< `sdk::LinkOrder::extension`; not in the token.
  bool is_template = false;                ///< `url` is a URL template. Never after OpenLink.
  std::vector<LinkVariant> variants = {};  ///< Of a template.
  /// Origin that a resolver named, where the URL's is another one: "https://a.example:443". Empty: it is the URL's.
  std::string home = {};
  std::string backend = {};  ///< Auth component that let `subject` in; empty: none did, or a plugin minted the link.
  std::string session = {};  ///< `sdk::Principal::session`: the link is good for as long as that. Empty: none.
};

/// First path segment of every link: "/~/<token>/<name>".
inline constexpr std::string_view kLinkPrefix = "/~/";
/// What follows the prefix in `path`; nothing: it is no link. A percent-encoded "~" is the same (RFC 3986 §6.2.2.2).
std::optional<std::string_view> AfterLinkPrefix(std::string_view path);

/// `expires_at` of links minted at `now`: rounded up to the hour, so that links minted within one hour are equal.
sdk::Seconds LinkExpiry(std::chrono::system_clock::time_point now, std::chrono::seconds ttl);

/// "segment"
std::string_view NameOf(sdk::LinkKind kind);

/// \returns  "/~/<token>/<name>", where name says the kind, such as "segment.ts", and ends in an extension that players
///           accept for it. For a template "/~/<token>/$Number$/<name>", with the identifiers that the player fills in;
///           kInvalidArgument for what is no template, for identifiers in front of the path, and for variants that
///           the template wants and are none, or cannot stand in a path.
sdk::Result<std::string> MintLink(const Secrets& secrets, const LinkTarget& target);

/// \returns  kNotFound when it is no link of this server's key, or asks for what its template does not stand for (one
///           answer for all forgeries); kPermissionDenied when it is one, and has expired.
sdk::Result<LinkTarget> OpenLink(const Secrets& secrets, std::string_view path, sdk::Seconds now);

}  // namespace sluice::state
