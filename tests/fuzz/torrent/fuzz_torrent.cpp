// SPDX-License-Identifier: MIT
// .torrent files. What has a hash is the same file in other words: another tracker in front changes nothing, and one
// octet more or less at the end makes it none.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>

#include "plugins/store/common/info_hash.hpp"
#include "plugins/store/common/torrent_file.hpp"

namespace {

using sluice::plugins::store::InfoHashOfTorrent;

auto HashOf(std::string_view file) { return InfoHashOfTorrent(sluice::sdk::AsBytes(file)); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  const auto hash = HashOf(file);
  if (!hash) return hash.error().code == sluice::sdk::Errc::kInvalidArgument ? 0 : (std::abort(), 1);
  if (sluice::plugins::store::NormalizeHash(*hash) != *hash) std::abort();
  const auto other = HashOf("d8:announce8:http://t" + file.substr(1));
  if (!other || *other != *hash) std::abort();
  if (HashOf(file + "e") || HashOf(std::string_view(file).substr(0, size - 1))) std::abort();
  return 0;
}
