// SPDX-License-Identifier: MIT
#include "store/common/orders.hpp"

#include <utility>

#include "store/common/info_hash.hpp"
#include "store/common/torrent_file.hpp"

namespace sluice::plugins::store {

sdk::Result<std::string> HashOfOrder(const sdk::StoreOrder& order, std::string_view store) {
  const auto invalid = [&](const std::string& message, sdk::Reason reason) {
    return sdk::Error{
        .code = sdk::Errc::kInvalidArgument, .message = std::string(store) + ": " + message, .reason = reason};
  };
  if (order.file.empty()) {
    if (auto hash = HashOfMagnet(order.uri)) return *std::move(hash);
    return invalid("magnet: want a magnet URI with xt=urn:btih: and an info hash", sdk::Reason::kInvalidMagnet);
  }
  if (!order.uri.empty()) return invalid("want a magnet URI or a .torrent file, not both", sdk::Reason::kNone);
  auto hash = InfoHashOfTorrent(order.file);
  if (!hash) return invalid(hash.error().message, sdk::Reason::kNone);
  return hash;
}

}  // namespace sluice::plugins::store
