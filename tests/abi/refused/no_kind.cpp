// SPDX-License-Identifier: MIT
// wants: a component class derives from exactly one of
#include <sluice/sdk/plugin.hpp>

namespace sdk = sluice::sdk;

class Bad {
 public:
  static constexpr sdk::ComponentInfo kInfo{.type = "bad", .summary = ""};
  static sdk::Result<std::unique_ptr<Bad>> Create(sdk::Host, const sdk::Config&) { return std::make_unique<Bad>(); }
};

SLUICE_PLUGIN("org.example.bad", "1.0.0", "MIT", &sdk::kComponent<Bad>);
