// SPDX-License-Identifier: MIT
#include "common/isobmff/box_header.hpp"

#include <utility>

namespace sluice::plugins::isobmff {

sdk::Error BadMedia(std::string message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "media: " + std::move(message)};
}

sdk::Result<std::optional<BoxHeader>> ReadHeader(Octets start) {
  if (start.size() < 8) return std::optional<BoxHeader>{};
  BoxHeader header{.type = static_cast<std::uint32_t>(ReadNumber(start.subspan(4, 4))),
                   .size = ReadNumber(start.first(4)),
                   .header_bytes = 8};
  if (header.size == 1) {
    if (start.size() < kMaxHeaderBytes) return std::optional<BoxHeader>{};
    header.size = ReadNumber(start.subspan(8, 8));
    header.header_bytes = kMaxHeaderBytes;
    if (header.size == 0) header.size = 1;  // only the short form may say "to the end"
  }
  if (header.size != 0 && header.size < header.header_bytes) {
    return BadMedia("box " + NameOf(header.type) + ": its size, " + std::to_string(header.size) +
                    ", does not hold its own header");
  }
  return std::optional(header);
}

}  // namespace sluice::plugins::isobmff
