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
  int status = 200;
  std::vector<Header> headers{};
  std::string body{};
};

/// Edits the header fields of a head. Names compare without case.
struct HeadEdit {
  virtual void Set(std::string_view name, std::string_view value) = 0;  ///< Replaces all fields of that name.
  virtual void Remove(std::string_view name) = 0;

 protected:
  ~HeadEdit() = default;
};

struct ResponseHead {
  int status = 0;
  std::string_view url{};  ///< Where it was finally retrieved from.
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

/// Changes one body as it passes. Threads: [stream].
struct BodyTransform {
  virtual ~BodyTransform() = default;
  /// Takes the next octets of the body; puts what is ready into `next`, which blocks while the viewer is slow.
  /// \returns  any error: the viewer gets it, as long as nothing was put into `next`; after that it is cut off.
  virtual Status Write(std::span<const std::byte> chunk, ByteSink& next) = 0;
  /// After the last octet of a body that arrived whole.
  virtual Status Finish(ByteSink& next) = 0;
};

/// Implemented by plugins. Id: "sluice.filter/1".
/// Threads: [worker] on every method.
struct Filter {
  virtual ~Filter() = default;

  /// Before the source is fetched. Edits the head that goes upstream.
  /// \returns  a reply ends the exchange with it; an empty optional goes on.
  virtual Result<std::optional<Reply>> OnRequest(const Call&, const RequestHead&, HeadEdit&) {
    return std::optional<Reply>{};
  }
  /// When the upstream's head has come. Edits the head that goes to the viewer.
  virtual Status OnResponse(const Call&, const ResponseHead&, HeadEdit&) { return Ok(); }
  /// \returns  null: the body passes untouched (and may take the fast path). A transform that changes the body's length
  ///           makes core drop Content-Length and Accept-Ranges, unless `LengthPreserving`.
  virtual Result<std::unique_ptr<BodyTransform>> OpenBody(const Call&, const ResponseHead&) {
    return std::unique_ptr<BodyTransform>{};
  }
  /// The same, for filters that have to know more than the response says. Hosts ask this one alone.
  virtual Result<std::unique_ptr<BodyTransform>> OpenBodyFor(const Call& call, const ResponseHead& head,
                                                             const BodyOrigin&) {
    return OpenBody(call, head);
  }
  /// Whether every transform of this filter puts out as many octets as it takes in, at the same positions.
  virtual bool LengthPreserving() const noexcept { return false; }
};

}  // namespace sluice::sdk
