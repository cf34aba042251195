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

/// Writes one response to the viewer. `Start` once, then `Write` any number of times; core ends it when Handle has
/// answered. Write answers kCancelled when the viewer is gone or too slow, or when more comes than Content-Length
/// announced: stop.
struct ResponseWriter : ByteSink {
  /// The head. It leaves with the first octets of the body, or at the end of the call.
  /// \param status   200 to 599.
  /// \param headers  without framing fields: core sets Content-Length or chunks, Date and X-Request-Id. Name
  ///                 Content-Length only to announce the size of what follows; less than that breaks the connection.
  /// \returns  kInternal for a second Start, a control character in a field or two Content-Lengths: nothing is sent.
  ///           kInvalidArgument for another status, a name that is no token or a line break: the call then ends with
  ///           kInternal, whatever it answers. kCancelled: its deadline has passed.
  virtual Status Start(int status, std::span<const Header> headers) = 0;

 protected:
  ~ResponseWriter() = default;
};

/// One route. Templates: "/v1/items/{id}" captures one segment, "/files/{path...}" the rest.
struct Route {
  std::string method;         ///< Upper case. "GET" answers HEAD too.
  std::string path_template;  ///< Relative to where the pipeline's match ends in "/**", otherwise to "/".
  std::string scope{};        ///< The principal must have it; empty: anybody whom the pipeline lets in.
};

/// Implemented by plugins. Id: "sluice.endpoint/1".
/// Threads: Routes [control]; Handle [worker].
struct Endpoint {
  virtual ~Endpoint() = default;

  /// Asked once, after creation. The first route that matches path and method is taken; where only the path matches,
  /// core answers 405 with Allow.
  /// \returns  at most 10,000. With more than that, or a template that is none, the configuration is refused.
  virtual std::vector<Route> Routes() const = 0;

  /// Answers through `response`, or hands back a Source for core to fetch (then `response` must be untouched).
  /// A request whose principal lacks the route's scope does not get here.
  /// \param route     index into Routes(). `head.params` holds the captures of its template and of the pipeline's.
  /// \param head      `path` is relative, as the template is.
  /// \param body      the whole request body, at most the pipeline's `max_body`; octets.
  /// \param response  writing blocks while the viewer is slow; that time is not the plugin's.
  /// \returns  a Source for core to fetch; an empty optional: `response` was started (if not, that is kInternal). An
  ///           error before `Start` is the failure of the `serve` step: the viewer gets the reply that
  ///           docs/sdk/errors.md names, unless `on_error` of that step goes on. After `Start` the connection is cut.
  virtual Result<std::optional<Source>> Handle(const Call& call, std::size_t route, const RequestHead& head,
                                               std::span<const std::byte> body, ResponseWriter& response) = 0;
};

}  // namespace sluice::sdk
