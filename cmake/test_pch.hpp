// SPDX-License-Identifier: MIT
// What every test includes; compiled once. A source still names what it uses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>
#include <vector>
