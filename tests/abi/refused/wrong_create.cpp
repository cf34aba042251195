// SPDX-License-Identifier: MIT
// wants: static sdk::Result<std::unique_ptr<T>> Create(sdk::Host host, const sdk::Config& config);
#include <sluice/sdk/plugin.hpp>

namespace sdk = sluice::sdk;

class Bad final : public sdk::Filter {
 public:
  static constexpr sdk::ComponentInfo kInfo{.type = "bad", .summary = ""};
  static std::unique_ptr<Bad> Create(sdk::Host, const sdk::Config&) { return std::make_unique<Bad>(); }
};

SLUICE_PLUGIN("org.example.bad", "1.0.0", "MIT", &sdk::kComponent<Bad>);
