// SPDX-License-Identifier: MIT
// What the sources of plugins/ include; compiled once. A source still names what it uses.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
