// SPDX-License-Identifier: MIT
// What nearly every source of core/ includes; compiled once. A source still names what it uses.

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
