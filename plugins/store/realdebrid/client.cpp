// SPDX-License-Identifier: MIT
#include "client.hpp"

#include <algorithm>
#include <charconv>
#include <sluice/sdk/url.hpp>
#include <system_error>
#include <utility>

#include "dialect.hpp"
#include "store/common/client_ip.hpp"
#include "store/common/forms.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using store::Json;
using store::TextOf;

const std::string kPrefix = "/rest/1.0/";
constexpr std::uint64_t kPartSize = 1000;
constexpr std::uint64_t kMaxParts = 5;
constexpr std::size_t kMaxIdBytes = 64;

std::string PathOf(const store::Endpoint& endpoint, const std::string& id = {}) {
  return kPrefix + std::string(endpoint.name) + (id.empty() ? "" : "/" + id);
}

std::uint64_t TotalOf(const store::Reply& reply) {
  const auto text = sdk::TrimSpace(sdk::FieldValue(reply.headers, "X-Total-Count"));
  std::uint64_t total = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), total);
  return fault == std::errc() && stop == text.data() + text.size() ? total : 0;
}

/// The store refuses an offset behind its last entry.
bool IsPastTheEnd(const sdk::Error& error, std::uint64_t offset) {
  return offset > 0 && error.code == sdk::Errc::kInvalidArgument && error.upstream_status == 400;
}

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (sdk::LowerLetter(c) >= 'a' && sdk::LowerLetter(c) <= 'z');
  });
}

Client::Client(sdk::Host host, ClientOptions options)
    : options_(std::move(options)), api_(std::move(host), kDialect, options_.api) {}

std::string_view Client::AddressOf(const sdk::StoreUser& user) const {
  return options_.forward_client_ip ? store::PublicAddress(user.client_ip) : std::string_view();
}

sdk::Result<store::Reply> Client::Send(const sdk::Call& call, const sdk::StoreUser& user, store::ApiRequest request) {
  request.headers.push_back({"User-Agent", options_.user_agent});
  return api_.Send(call, user.token, request);
}

sdk::Result<Json> Client::User(const sdk::Call& call, const sdk::StoreUser& user) {
  auto reply = Send(call, user, {.endpoint = endpoints::kUser, .path = PathOf(endpoints::kUser)});
  if (!reply) return std::move(reply).error();
  return std::move(reply->body);
}

sdk::Result<std::string> Client::IdOf(const sdk::Result<store::Reply>& reply, const store::Endpoint& endpoint) const {
  if (!reply) return reply.error();
  auto id = TextOf(reply->body, "id");
  if (!IsId(id)) return api_.Unusable(endpoint.name, "an id");
  return id;
}

sdk::Result<std::string> Client::AddMagnet(const sdk::Call& call, const sdk::StoreUser& user, std::string_view magnet) {
  const auto body = store::FormBody({{"magnet", magnet}, {"ip", AddressOf(user)}});
  return IdOf(Send(call, user,
                   {.endpoint = endpoints::kAddMagnet,
                    .method = "POST",
                    .path = PathOf(endpoints::kAddMagnet),
                    .body = body.octets,
                    .content_type = body.type}),
              endpoints::kAddMagnet);
}

sdk::Result<std::string> Client::AddTorrent(const sdk::Call& call, const sdk::StoreUser& user,
                                            std::span<const std::byte> file) {
  return IdOf(Send(call, user,
                   {.endpoint = endpoints::kAddTorrent,
                    .method = "PUT",
                    .path = PathOf(endpoints::kAddTorrent),
                    .query = store::EncodeForm({{"ip", AddressOf(user)}}),
                    .body = std::string(reinterpret_cast<const char*>(file.data()), file.size()),
                    .content_type = "application/x-bittorrent"}),
              endpoints::kAddTorrent);
}

sdk::Result<Json> Client::Info(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id) {
  auto reply = Send(call, user, {.endpoint = endpoints::kInfo, .path = PathOf(endpoints::kInfo, id)});
  if (!reply) return std::move(reply).error();
  return std::move(reply->body);
}

sdk::Status Client::SelectFiles(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id,
                                std::string_view files) {
  const auto body = store::FormBody({{"files", files}, {"ip", AddressOf(user)}});
  const auto reply = Send(call, user,
                          {.endpoint = endpoints::kSelectFiles,
                           .method = "POST",
                           .path = PathOf(endpoints::kSelectFiles, id),
                           .body = body.octets,
                           .content_type = body.type,
                           .may_be_empty = true});
  if (reply || reply.error().reason == sdk::Reason::kConflict) return sdk::Ok();
  return reply.error();
}

sdk::Status Client::Delete(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id) {
  const auto reply = Send(call, user,
                          {.endpoint = endpoints::kDelete,
                           .method = "DELETE",
                           .path = PathOf(endpoints::kDelete, id),
                           .may_be_empty = true});
  return reply ? sdk::Ok() : sdk::Status(reply.error());
}

sdk::Result<Unrestricted> Client::Unrestrict(const sdk::Call& call, const sdk::StoreUser& user, std::string_view link) {
  const auto body = store::FormBody({{"link", link}, {"ip", AddressOf(user)}});
  const auto reply = Send(call, user,
                          {.endpoint = endpoints::kUnrestrict,
                           .method = "POST",
                           .path = PathOf(endpoints::kUnrestrict),
                           .body = body.octets,
                           .content_type = body.type});
  if (!reply) return reply.error();
  Unrestricted made{.id = TextOf(reply->body, "id"),
                    .link = TextOf(reply->body, "link"),
                    .name = TextOf(reply->body, "filename"),
                    .size_bytes = store::UintOf(reply->body, "filesize"),
                    .url = TextOf(reply->body, "download")};
  const auto url = sdk::ParseUrl(made.url);
  if (!url || !url->http() || made.url.find(user.token) != std::string::npos)
    return api_.Unusable(endpoints::kUnrestrict.name, "an http or https URL");
  return made;
}

sdk::Status Client::DeleteDownload(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id) {
  const auto reply = Send(call, user,
                          {.endpoint = endpoints::kDeleteDownload,
                           .method = "DELETE",
                           .path = PathOf(endpoints::kDeleteDownload, id),
                           .may_be_empty = true});
  return reply ? sdk::Ok() : sdk::Status(reply.error());
}

sdk::Result<ListPart> Client::List(const sdk::Call& call, const sdk::StoreUser& user, const store::Endpoint& what,
                                   std::uint64_t offset, std::uint64_t limit) {
  auto reply = Send(
      call, user,
      {.endpoint = what,
       .path = PathOf(what),
       .query = store::EncodeForm({{"limit", std::to_string(limit)}, {"offset", offset ? std::to_string(offset) : ""}}),
       .may_be_empty = true});
  if (!reply && IsPastTheEnd(reply.error(), offset)) return ListPart{};
  if (!reply) return std::move(reply).error();
  ListPart part{.entries = {}, .total = TotalOf(*reply)};
  if (reply->body.is_null()) return part;
  auto* const entries = reply->body.get_ptr<Json::array_t*>();
  if (entries == nullptr) return api_.Unusable(what.name, "an array");
  part.entries = std::move(*entries);
  return part;
}

sdk::Result<std::vector<Json>> Client::ListAll(const sdk::Call& call, const sdk::StoreUser& user,
                                               const store::Endpoint& what) {
  std::vector<Json> all;
  for (std::uint64_t i = 0; i < kMaxParts; ++i) {
    auto part = List(call, user, what, all.size(), kPartSize);
    if (!part) return std::move(part).error();
    const auto size = part->entries.size();
    std::move(part->entries.begin(), part->entries.end(), std::back_inserter(all));
    const bool is_last = part->total != 0 ? all.size() >= part->total : size < kPartSize;
    if (size == 0 || is_last) break;
  }
  return all;
}

}  // namespace sluice::plugins::realdebrid
