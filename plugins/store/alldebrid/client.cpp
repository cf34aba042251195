// SPDX-License-Identifier: MIT
#include "client.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "dialect.hpp"
#include "store/common/client_ip.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using store::Json;

constexpr std::size_t kMaxIdDigits = 18;
constexpr std::size_t kMaxListBytes = 64UL * 1024 * 1024;  // a thousand magnets, and all their files

/// Of a magnet's state the newer form is asked for, in which files stand in a tree.
std::string PathOf(const store::Endpoint& endpoint) {
  return (&endpoint == &endpoints::kStatus ? "/v4.1/" : "/v4/") + std::string(endpoint.name);
}

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdDigits && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Client::Client(sdk::Host host, ClientOptions options)
    : options_(std::move(options)), api_(std::move(host), kDialect, options_.api) {}

std::string_view Client::AddressOf(const sdk::StoreUser& user) const {
  return options_.forward_client_ip ? store::PublicAddress(user.client_ip) : std::string_view();
}

sdk::Result<Json> Client::Send(const sdk::Call& call, const sdk::StoreUser& user, store::ApiRequest request,
                               store::Fields fields) {
  request.path = PathOf(request.endpoint);
  request.query = store::EncodeForm({{"agent", options_.agent}});
  if (const auto more = store::EncodeForm(fields); !more.empty()) request.query += "&" + more;
  request.max_body_bytes = kMaxListBytes;
  const auto reply = api_.Send(call, user.token, request);
  if (!reply) return reply.error();
  const auto* const data = store::Member(reply->body, "data");
  if (store::TextOf(reply->body, "status") != "success" || data == nullptr || !data->is_object())
    return api_.Unusable(request.endpoint.name, "/data, an object");
  return *data;
}

sdk::Result<Json> Client::Get(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& endpoint,
                              store::Fields fields) {
  return Send(call, user, {.endpoint = endpoint}, fields);
}

sdk::Result<Json> Client::Post(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& endpoint,
                               store::Body body) {
  return Send(
      call, user,
      {.endpoint = endpoint, .method = "POST", .body = std::move(body.octets), .content_type = std::move(body.type)},
      {});
}

std::optional<sdk::Error> Client::ComplaintOf(const store::Endpoint& endpoint, const Json& item) const {
  const auto* const said = store::Member(item, "error");
  if (said == nullptr) return std::nullopt;
  return api_.ErrorOf(endpoint, store::ComplaintOf(Errors(), store::TextOf(*said, "code")));
}

}  // namespace sluice::plugins::alldebrid
