// SPDX-License-Identifier: MIT
// What the tests of the SDK and of plugins include; compiled once. A source still names what it uses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>
#include <vector>
