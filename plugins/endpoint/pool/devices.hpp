// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What users play on, as they and their operators see it.

#include <cstdint>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "paging.hpp"

namespace sluice::plugins::pool {

struct Device {
  std::string id;
  std::string label;
  std::int64_t first_seen = 0;  ///< Unix seconds.
  std::int64_t last_seen = 0;
};

Json JsonOf(const Device& device);

/// A user's, the oldest first, behind `after`.
sdk::Result<std::vector<Device>> ReadDevices(const sdk::Host& host, const sdk::Call& call, std::string_view user,
                                             std::int64_t limit, const std::optional<Place>& after = {});

/// \returns  false: the user has no such device.
sdk::Result<bool> DropDevice(const sdk::Host& host, const sdk::Call& call, std::string_view user,
                             std::string_view device);

}  // namespace sluice::plugins::pool
