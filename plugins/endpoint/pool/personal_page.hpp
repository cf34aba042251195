// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The page behind a personal link: works without script.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "devices.hpp"

namespace sluice::plugins::pool {

struct Person {
  std::string id;
  std::string name;
  std::int64_t device_limit = 0;
  std::vector<Device> devices{};
};

std::string HtmlOf(const Person& person);
/// Lets the page's own style be, and its form be sent to where it came from.
std::string PagePolicy();

/// Whether whoever sends this Accept field (RFC 9110 §12.5.1) would rather have HTML than JSON.
bool PrefersHtml(std::string_view accept);

}  // namespace sluice::plugins::pool
