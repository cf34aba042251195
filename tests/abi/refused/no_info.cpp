// SPDX-License-Identifier: MIT
// wants: static constexpr sdk::ComponentInfo kInfo{
#include <sluice/sdk/plugin.hpp>

namespace sdk = sluice::sdk;

class Bad final : public sdk::Filter {
 public:
  static sdk::Result<std::unique_ptr<Bad>> Create(sdk::Host, const sdk::Config&) { return std::make_unique<Bad>(); }
};

SLUICE_PLUGIN("org.example.bad", "1.0.0", "MIT", &sdk::kComponent<Bad>);
