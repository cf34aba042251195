// SPDX-License-Identifier: MIT
#include "core/pipeline/allowed_methods.hpp"

#include <algorithm>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/response_head.hpp"

namespace sluice::pipeline {

void AllowedMethods::Add(std::string_view method) {
  if (std::find(methods_.begin(), methods_.end(), method) == methods_.end()) methods_.emplace_back(method);
  if (method == "GET") Add("HEAD");
}

std::string AllowedMethods::Text() const {
  std::string text;
  for (const auto& method : methods_) text += (text.empty() ? "" : ", ") + method;
  return text;
}

sdk::Status ReplyMethodNotAllowed(http::ServerExchange& viewer, const AllowedMethods& allowed) {
  const auto allow = allowed.Text();
  auto head = MakeHead(405, {{"Allow", allow}, {"Content-Type", "application/json"}});
  return viewer.Reply(head, http::ErrorBody("method_not_allowed", "method: want " + allow, viewer.request_id()));
}

}  // namespace sluice::pipeline
