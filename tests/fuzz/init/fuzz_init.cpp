// SPDX-License-Identifier: MIT
// Codecs out of any octets: no fault, and what is named can stand in a playlist, whatever the boxes hold.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/types.hpp>
#include <string>

#include "plugins/common/isobmff/codecs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string octets(reinterpret_cast<const char*>(data), size);

  const auto codecs = plugins::isobmff::ReadCodecs(sdk::AsBytes(octets));
  if (!codecs) return 0;
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ',';
  };
  const bool whole = !codecs->empty() && codecs->front() != ',' && codecs->back() != ',' &&
                     codecs->find(",,") == std::string::npos && codecs->size() < 64 * 256;
  if (!whole || !std::all_of(codecs->begin(), codecs->end(), is_plain)) std::abort();
  return 0;
}
