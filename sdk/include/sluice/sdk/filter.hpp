// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Filter: sees and edits heads; optionally sees and changes bodies.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/types.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// A whole answer, given instead of going on.
struct Reply {
  int status = 200;               ///< 200 to 599.
  std::vector<Header> headers{};  ///< Without framing fields: core sets Content-Length, Date and X-Request-Id.
  std::string body{};             ///< Octets. After HEAD not sent.
};

/// Edits the header fields of a head, for the call. Names compare without case. The head that the filter was given
/// shows the fields as they were before.
struct HeadEdit {
  /// Replaces all fields of that name. What is no header field fails the call with kInternal, whatever it answers.
  /// \param name   a token (RFC 9110 §5.1). \param value  without line breaks and NUL.
  virtual void Set(std::string_view name, std::string_view value) = 0;
  /// Drops all fields of that name; there need be none.
  virtual void Remove(std::string_view name) = 0;

 protected:
  ~HeadEdit() = default;
};

/// A response of an upstream on its way to the viewer.
struct ResponseHead {
  int status = 0;          ///< 100 to 599.
  std::string_view url{};  ///< Where it was finally retrieved from.
  /// What the viewer would get: fields that the fetch step hides are not among them, and the filters listed before have
  /// had their say.
  std::span<const Field> headers{};
};

/// For whom a body passes, and how more of what it belongs to can be had. Valid for the call.
struct BodyOrigin {
  const RequestHead* request = nullptr;    ///< As OnRequest sees it.
  LinkKind kind = LinkKind::kData;         ///< Of the link that led here; kData without one.
  std::string_view url{};                  ///< What the resolver named, before redirects.
  std::string_view note{};                 ///< `LinkOrder::note` of the link; authentic.
  std::string_view context{};              ///< `Source::context`.
  ReferenceFetcher* references = nullptr;  ///< Null: the host has none.
};

/// Changes one body as it passes. Destroyed without Finish when the body broke off or the viewer has left, and without
/// Write when none is sent. Its calls have no deadline. Threads: [stream].
struct BodyTransform {
  virtual ~BodyTransform() = default;
  /// Takes the next octets of the body; puts what is ready into `next`, which blocks while the viewer is slow. May keep
  /// back what it needs; nobody bounds that but the transform.
  /// \param chunk  1 to 64 KiB from the upstream; what an earlier filter puts out may be longer, or empty.
  /// \returns  what `next` answered, if that was an error (the viewer is gone); or any error of its own: the viewer
  ///           gets it as long as nothing has come out of the last filter; after that it is cut off.
  virtual Status Write(std::span<const std::byte> chunk, ByteSink& next) = 0;
  /// After the last octet of a body that arrived whole: puts out what was kept back. Nothing follows.
  /// \returns  as Write.
  virtual Status Finish(ByteSink& next) = 0;
};

/// Implemented by plugins. Id: "sluice.filter/1". It may be asked about the response to one request twice: where a part
/// has to be fetched again as a whole.
///
/// Any error is the failure of the filter's step, and `on_error` of that step decides: `fail` answers the viewer with
/// the reply that docs/sdk/errors.md names for its code, `next` turns to the next pipeline that matches, `skip` drops
/// the edits of the call and goes on.
/// Threads: [worker] on every method.
struct Filter {
  virtual ~Filter() = default;

  /// Before the source is fetched, at the filter's place among the steps; a filter listed after the fetch is not asked.
  /// Edits the head that goes upstream: a field that is set here passes even where the fetch step would keep back a
  /// viewer's, but gives way to the same one of the source (`Source::headers`). Forwarded, Via and
  /// X-Forwarded-For, -Host, -Port and -Proto are core's, whatever is set.
  /// \returns  a reply ends the exchange with it; an empty optional goes on. kInvalidArgument, kPermissionDenied and so
  ///           on refuse the request; after a skipped error the filter is asked about the response all the same.
  virtual Result<std::optional<Reply>> OnRequest(const Call&, const RequestHead&, HeadEdit&) {
    return std::optional<Reply>{};
  }
  /// When the upstream's head has come; of a manifest, when it has been rewritten. Edits the head that goes to the
  /// viewer; Connection, Transfer-Encoding, Server and X-Request-Id are core's, whatever is set.
  /// \returns  kUpstreamFailed for a response that must not pass, or any other code: nothing has been sent by then.
  virtual Status OnResponse(const Call&, const ResponseHead&, HeadEdit&) { return Ok(); }
  /// Whether the filter wants the body. Asked after OnResponse; for HEAD too, whose head must say what GET's would; not
  /// for 204 and 304, nor for manifests that a rewriter took. What a transform puts out is another representation:
  /// unless `LengthPreserving`, core drops Content-Length, ranges, Content-Encoding, validators and digests, and
  /// fetches the whole where a part has come.
  /// \returns  null: the body passes untouched (and may take the fast path). Errors as OnResponse.
  virtual Result<std::unique_ptr<BodyTransform>> OpenBody(const Call&, const ResponseHead&) {
    return std::unique_ptr<BodyTransform>{};
  }
  /// The same, for filters that have to know more than the response says. Hosts ask this one alone; this default asks
  /// OpenBody. \param origin  valid for the call; its `references` fetch within the call's deadline.
  virtual Result<std::unique_ptr<BodyTransform>> OpenBodyFor(const Call& call, const ResponseHead& head,
                                                             const BodyOrigin&) {
    return OpenBody(call, head);
  }
  /// Whether every transform of this filter puts out as many octets as it takes in, at the same positions.
  virtual bool LengthPreserving() const noexcept { return false; }
};

}  // namespace sluice::sdk
