// SPDX-License-Identifier: MIT
#include "endpoint/common/reply.hpp"

#include <string>
#include <utility>

namespace sluice::plugins::endpoint {

sdk::Status Reply(sdk::ResponseWriter& response, int status, std::vector<sdk::Header> headers, std::string_view body) {
  headers.push_back({"X-Content-Type-Options", "nosniff"});
  headers.push_back({"Content-Length", std::to_string(body.size())});
  if (auto started = response.Start(status, headers); !started) return started;
  return response.Write(sdk::AsBytes(body));
}

sdk::Status ReplyJson(sdk::ResponseWriter& response, int status, std::string_view json, std::string_view caching) {
  return Reply(response, status, {{"Content-Type", "application/json"}, {"Cache-Control", std::string(caching)}}, json);
}

}  // namespace sluice::plugins::endpoint
