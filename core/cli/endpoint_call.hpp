// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// EndpointCall: asks an endpoint component of a configuration from the command line, as an operator, without a server.

#include <sluice/sdk/result.hpp>
#include <string>

namespace sluice::pipeline {
struct Snapshot;
}

namespace sluice::cli {

struct EndpointRequest {
  std::string method = "GET";
  std::string path;        ///< Relative to where the component is served: "/users".
  std::string query = {};  ///< Without "?".
  std::string body = {};
};

struct EndpointAnswer {
  int status = 0;
  std::string body;
};

/// Name of the only endpoint of `type`, or `wanted` if that is one. \returns  kInvalidArgument otherwise.
sdk::Result<std::string> FindEndpoint(const pipeline::Snapshot& snapshot, const std::string& type,
                                      const std::string& wanted);

/// The caller is trusted as whoever may read the configuration and the database: a principal with the scope "admin".
/// \returns  kNotFound when the component has no such route; kUnsupported when it hands back a source; else as it
///           answered.
sdk::Result<EndpointAnswer> CallEndpoint(const pipeline::Snapshot& snapshot, const std::string& component,
                                         const EndpointRequest& request);

}  // namespace sluice::cli
