// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ManifestRewriter: manifest text in, manifest text out, every link minted by the host. What a rewriter needs besides
/// the text is fetched by the host too.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/services.hpp>
#include <sluice/sdk/types.hpp>
#include <sluice/sdk/url_template.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::sdk {

/// Longest `LinkOrder::note`.
inline constexpr std::size_t kMaxNoteBytes = 2048;

/// What a link is asked for, where a URL and a kind do not say enough.
struct LinkOrder {
  std::string_view url;  ///< Absolute, as for LinkMinter::Proxied; with `is_template` a URL template.
  LinkKind kind = LinkKind::kSegment;
  /// Comes back as `Manifest::note` when the viewer follows the link; not in what that manifest links to. 2048 bytes at
  /// most, encrypted in the link: what a rewriter must know of a child that the child does not say.
  std::string_view note{};
  std::string_view extension{};  ///< That players expect at the end of the link's path: "m4s". Empty: the URL's, or by
                                 ///< kind.
  /// The link is a URL template too (sluice/sdk/url_template.hpp), with the identifiers of `url`, each once and without
  /// width. It opens to every URL that `url` stands for with decimal numbers and with the RepresentationID and
  /// bandwidth of one of `variants`, and to nothing else.
  bool is_template = false;
  std::span<const TemplateVariant> variants{};  ///< At most 1024; their ids as IsPlainRepresentationId wants them.
};

struct LinkMinter {
  /// The URL under which the gateway serves `absolute_url` to this viewer. Deterministic within a viewer's session.
  /// \param absolute_url  resolved against the manifest's base, otherwise as the manifest wrote it (no re-encoding).
  /// \returns  a URL that starts with "/" or the public base; `absolute_url` itself where the host does not proxy it
  ///           (other schemes).
  virtual std::string Proxied(std::string_view absolute_url, LinkKind kind) = 0;

  /// As Proxied, for links that say more. In a template's link a `$` of the public base stands as `$$`.
  /// \returns  kInvalidArgument (an order that cannot be met), kUnsupported (a host without such links), kInternal.
  virtual Result<std::string> Link(const LinkOrder& order) {
    if (order.note.empty() && !order.is_template) return Proxied(order.url, order.kind);
    return Error{.code = Errc::kUnsupported, .message = "the host mints no links with notes and no templates"};
  }

 protected:
  ~LinkMinter() = default;
};

/// A part of what a manifest refers to.
struct Reference {
  std::string_view url;  ///< Absolute.
  LinkKind kind = LinkKind::kData;
  std::uint64_t offset = 0;  ///< Of the first octet wanted.
  std::uint64_t length = 0;  ///< In octets. 0: to the end.
  std::size_t max_bytes = 1024 * 1024;
};

/// Fetches what a rewriter must see to do its work: an index, a remote element, the time.
struct ReferenceFetcher {
  /// As the link to `url` would be fetched: by leave of the same resolver, with its header fields, by the same way out;
  /// within the deadline of the call of Rewrite.
  /// \returns  kPermissionDenied (resolver, address guard), kUpstreamFailed (no answer, or one longer than
  /// `max_bytes`),
  ///           kDeadlineExceeded, kCancelled. A status of HTTP is no error: 206 for a part, 200 for the whole.
  virtual Result<HttpResponse> Fetch(const Reference& reference) = 0;

 protected:
  ~ReferenceFetcher() = default;
};

/// What is known of a response before its body is read whole.
struct ManifestProbe {
  std::string_view content_type{};  ///< As the upstream sent it, parameters included; may be empty.
  std::string_view url{};           ///< Where it was finally retrieved from.
  std::string_view first_bytes{};   ///< Up to 512 bytes of the body.
  std::string_view note{};          ///< As `Manifest::note`. Every rewriter of the pipeline sees it.
};

struct Manifest {
  std::string_view text;                   ///< The whole body.
  std::string_view base_url{};             ///< Where it was finally retrieved from, after redirects (RFC 3986 §5.1.3).
  std::string_view content_type{};         ///< As the upstream sent it.
  std::string_view note{};                 ///< `LinkOrder::note` of the link that led here; authentic.
  ReferenceFetcher* references = nullptr;  ///< For the call of Rewrite. Null: the host has none.
};

struct RewrittenManifest {
  std::string text;
  std::string content_type{};  ///< What the viewer is told.
  /// Whether the same manifest with the same links comes out like this at any time: it depends on no clock, no state
  /// and no chance. The host may keep it then for whoever gets the same, unless something was fetched for it.
  bool stable = false;
};

/// A request whose query may say more than its URL (delivery directives, a choice among copies), or the note of its
/// link.
struct Followed {
  std::string_view url;             ///< What would be fetched: http or https.
  std::string_view query;           ///< Of the viewer's request, without "?", as received. Empty only with a note.
  LinkKind kind = LinkKind::kData;  ///< Of the link; kData without one.
  std::string_view note{};          ///< Of the link.
  bool minted = false;              ///< The request came by a link. False: a resolver made `url` of what was asked for.
};

/// What to fetch for a request.
struct Destination {
  std::string url;                   ///< Absolute, http or https.
  std::chrono::milliseconds wait{};  ///< How long the answer may take to begin, and each piece to come, should
                                     ///< the fetch step allow less.
};

/// One thing that is wrong with a manifest.
struct ManifestFinding {
  std::uint64_t line = 0;  ///< From 1. 0: not known.
  std::string rule{};      ///< What says so: "RFC 8216bis §4.4.3.1".
  std::string text{};      ///< What is wrong, and what is wanted: one line.
};

struct FindingSink {
  /// Takes one finding. \returns false when the caller wants no more.
  virtual bool Put(const ManifestFinding& finding) = 0;

 protected:
  ~FindingSink() = default;
};

/// Implemented by plugins. Id: "sluice.manifest/1".
/// Threads: [worker] on every method.
struct ManifestRewriter {
  virtual ~ManifestRewriter() = default;

  /// Whether this is a manifest of the rewriter's format. Must be cheap: asked for every response of a pipeline.
  virtual bool Accepts(const ManifestProbe& probe) const noexcept = 0;

  /// \returns  kUpstreamFailed when the text is no manifest of this format.
  virtual Result<RewrittenManifest> Rewrite(const Call& call, const Manifest& manifest, LinkMinter& links) const = 0;

  /// What to fetch for a viewer's request that has a query, or whose link has a note. Asked of every rewriter of the
  /// pipeline in turn, before a resolver is asked about a link (it judges what this answers) and after it is asked
  /// about anything else.
  /// \returns  kNotFound, kPermissionDenied: the query names something that is not there, or not for this link.
  virtual Result<Destination> Follow(const Call&, const Followed& followed) const {
    return Destination{.url = std::string(followed.url)};
  }

  /// What the rules of the format find wrong with a manifest, whether it can be rewritten or not, in the order of its
  /// lines. The default finds nothing.
  /// \returns  kUpstreamFailed: the text is no manifest of this format, and what it is instead.
  virtual Status Check(const Call&, const Manifest&, FindingSink&) const { return Ok(); }
};

}  // namespace sluice::sdk
