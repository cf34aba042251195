// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Makes a DetachedResponse of a connection that a worker has claimed.

#include <memory>
#include <string>

#include "core/http/detached_response.hpp"

namespace sluice::http {

struct Connection;
struct ExchangeContext;

struct DetachedHead {
  std::string head;
  BodyMode mode = BodyMode::kLength;
  bool takes_trailers = false;
  bool keep = false;  ///< The connection may serve another request afterwards.
};

/// \param connection  claimed; its `pending` holds what was received behind the request, whose body is read or dropped.
std::unique_ptr<DetachedResponse> DetachConnection(const ExchangeContext& context, Connection& connection,
                                                   DetachedHead head);

}  // namespace sluice::http
