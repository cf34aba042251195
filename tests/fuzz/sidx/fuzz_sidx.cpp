// SPDX-License-Identifier: MIT
// Segment indexes out of any octets: no fault; what is found lies within what was read, and entries follow one another.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/types.hpp>
#include <string>

#include "plugins/common/isobmff/sidx.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::plugins;
  const std::string octets(reinterpret_cast<const char*>(data), size);

  const auto found = isobmff::FindIndex(sdk::AsBytes(octets));
  if (found && found->offset >= octets.size()) std::abort();
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1} << 40U, ~std::uint64_t{0}}) {
    const auto index = isobmff::ReadIndex(sdk::AsBytes(octets), offset);
    if (!index) continue;
    if (!found || index->timescale == 0) std::abort();
    auto at = offset + found->offset + found->length;
    for (const auto& entry : index->entries) {
      if (entry.place.length == 0 || entry.place.offset < at) std::abort();
      at = entry.place.offset + entry.place.length;
    }
  }
  return 0;
}
