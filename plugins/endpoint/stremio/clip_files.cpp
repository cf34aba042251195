// SPDX-License-Identifier: MIT
#include "clip_files.hpp"

#include <sluice/sdk/types.hpp>
#include <string>

namespace sluice::plugins::stremio {

std::span<const std::byte> ClipFile(std::string_view name) {
  const auto path = "/" + std::string(name) + ".mp4";
  for (const auto& file : ClipFiles()) {
    if (file.path == path) return sdk::AsBytes(file.content);
  }
  return {};
}

}  // namespace sluice::plugins::stremio
