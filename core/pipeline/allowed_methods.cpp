// SPDX-License-Identifier: MIT
#include "core/pipeline/allowed_methods.hpp"

#include <algorithm>
#include <array>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"

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
  const std::array fields{sdk::Header{"Allow", allow}, sdk::Header{"Content-Type", "application/json"}};
  return viewer.Reply({.status = 405, .fields = fields},
                      http::ErrorBody("method_not_allowed", "method: want " + allow, viewer.request_id()));
}

}  // namespace sluice::pipeline
