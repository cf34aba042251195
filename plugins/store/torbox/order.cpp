// SPDX-License-Identifier: MIT
#include "order.hpp"

#include <sluice/sdk/url.hpp>

#include "store/common/digest.hpp"
#include "store/common/link_hash.hpp"
#include "store/common/orders.hpp"
#include "wire.hpp"

namespace sluice::plugins::torbox {
namespace {

sdk::Error Invalid(const char* message) { return {.code = sdk::Errc::kInvalidArgument, .message = message}; }

std::string_view TextOf(std::span<const std::byte> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

sdk::Result<std::string> NameOfOrder(const sdk::StoreOrder& order) {
  if (order.content == sdk::Content::kTorrent) return store::HashOfOrder(order, kTorBox.store);
  if (!order.uri.empty() && !order.file.empty()) return Invalid("order: want a URI or a file, not both");
  const bool is_usenet = order.content == sdk::Content::kUsenet;
  if (!order.file.empty()) {
    if (!is_usenet) return Invalid("order: want a link, not a file");
    return "file:" + store::Sha1Hex(TextOf(order.file));
  }
  const auto url = sdk::ParseUrl(order.uri);
  if (!url || !url->http()) return Invalid("order: want an http or https URL");
  return is_usenet ? store::HashOfNzbLink(order.uri) : store::HashOfWebLink(order.uri);
}

store::Body BodyOf(const sdk::StoreOrder& order, std::string_view seed, std::string_view boundary) {
  const bool is_torrent = order.content == sdk::Content::kTorrent;
  const std::string_view zip = is_torrent ? "false" : "";
  if (!is_torrent) seed = {};
  if (!order.file.empty()) {
    return store::MultipartBody(boundary, "file", is_torrent ? "file.torrent" : "file.nzb", order.file,
                                {{"allow_zip", zip}, {"seed", seed}, {"name", order.name}});
  }
  return store::FormBody(
      {{is_torrent ? "magnet" : "link", order.uri}, {"allow_zip", zip}, {"seed", seed}, {"name", order.name}});
}

}  // namespace sluice::plugins::torbox
