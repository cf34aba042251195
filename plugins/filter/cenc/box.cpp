// SPDX-License-Identifier: MIT
#include "box.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sluice::plugins::cenc {

bool BeginsFiles(std::uint32_t type) {
  constexpr std::array kTypes = {FourCc("ftyp"), FourCc("styp"), FourCc("moov"), FourCc("moof"), FourCc("sidx"),
                                 FourCc("ssix"), FourCc("emsg"), FourCc("prft"), FourCc("mdat"), FourCc("free"),
                                 FourCc("skip"), FourCc("wide"), FourCc("uuid"), FourCc("pssh"), FourCc("pdin"),
                                 FourCc("meta"), FourCc("mfra"), FourCc("udta"), FourCc("imda")};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool Boxes::Next(Box& box) {
  if (rest_.empty()) return false;
  const auto fault = [&](const std::string& message) {
    status_ = BadMedia(std::string(path_) + ": " + message);
    return false;
  };
  auto header = ReadHeader(rest_);
  if (!header) return fault(header.error().message);
  if (!*header) return fault("ends within the header of a box");
  const auto& [type, size, header_bytes] = **header;
  if (size == 0) return fault("box " + NameOf(type) + " has size 0, which only a file's last box may have");
  if (size > rest_.size()) {
    return fault("box " + NameOf(type) + " of " + std::to_string(size) + " octets, where " +
                 std::to_string(rest_.size()) + " are left");
  }
  box = {.type = type, .whole = rest_.first(static_cast<std::size_t>(size)), .header_bytes = header_bytes};
  rest_ = rest_.subspan(box.whole.size());
  return true;
}

sdk::Result<std::optional<Box>> FindBox(MutableOctets octets, std::uint32_t type, std::string_view path) {
  Boxes boxes(octets, path);
  for (Box box; boxes.Next(box);) {
    if (box.type == type) return std::optional(box);
  }
  if (!boxes.status()) return boxes.status().error();
  return std::optional<Box>{};
}

}  // namespace sluice::plugins::cenc
