// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A plugin's host over services that write down how they were called.

#include <gtest/gtest.h>
#include <sluice/sdk/detail/service_tables.hpp>
#include <sluice/sdk/host.hpp>

#include <string>

#include "tests/sdk/abi/fake_services.hpp"
#include "tests/sdk/abi/through.hpp"

namespace sluice::sdk::abi_test {

class ServicesTest : public ::testing::Test {
 protected:
  std::string Seen() {
    auto text = fake_.seen.str();
    fake_.seen.str({});
    return text;
  }
  FakeServices fake_;
  const detail::ServiceTables tables_{{.log = &fake_,
                                       .metrics = &fake_,
                                       .http = &fake_,
                                       .kv = &fake_,
                                       .clock = &fake_,
                                       .secrets = &fake_,
                                       .links = &fake_,
                                       .admin = &fake_,
                                       .database = &fake_,
                                       .usage = &fake_},
                                      "1.2.3"};
  const Host host_{tables_.host(), "my-store"};
  const Call call_{RequestCall()};
};

}  // namespace sluice::sdk::abi_test
