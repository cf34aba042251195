// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Endpoint: routes of its own, such as an addon API, a webhook or pages. A returned Source is fetched and streamed by
/// core.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sluice::sdk {

/// Writes one response to the viewer. `Start` once, then `Write` any number of times.
struct ResponseWriter : ByteSink {
  /// \param status  200 to 599. \param headers  without framing fields: core sets Content-Length or chunks, Date and
  ///                X-Request-Id. Name Content-Length only to announce the size of what follows.
  virtual Status Start(int status, std::span<const Header> headers) = 0;

 protected:
  ~ResponseWriter() = default;
};

/// One route. Templates: "/v1/items/{id}" captures one segment, "/files/{path...}" the rest.
struct Route {
  std::string method;         ///< "GET" answers HEAD too.
  std::string path_template;  ///< Relative to where the pipeline's match ends in "/**", otherwise to "/".
  std::string scope{};        ///< The principal must have it; empty: anybody whom the pipeline lets in.
};

/// Implemented by plugins. Id: "sluice.endpoint/1".
/// Threads: Routes [control]; Handle [worker].
struct Endpoint {
  virtual ~Endpoint() = default;

  /// Asked once, after creation.
  virtual std::vector<Route> Routes() const = 0;

  /// Answers through `response`, or hands back a Source for core to fetch (then `response` must be untouched).
  /// \param route  index into Routes(). `head.params` holds the captures of its template.
  /// \param body   the whole request body, at most the pipeline's `max_body`.
  /// \returns  an error before `Start` becomes an error reply; after it the connection is cut.
  virtual Result<std::optional<Source>> Handle(const Call& call, std::size_t route, const RequestHead& head,
                                               std::span<const std::byte> body, ResponseWriter& response) = 0;
};

}  // namespace sluice::sdk
