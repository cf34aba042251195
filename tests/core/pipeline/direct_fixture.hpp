// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// DirectStreamTest: the direct stream as the configuration makes it, with the real resolver, over fake connections.

#include <nlohmann/json.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/config/load.hpp"
#include "core/pipeline/leaving.hpp"
#include "plugins/resolver/direct/direct.hpp"
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {

/// The resolver as the server calls it: through its C tables.
struct DirectByAbi final : sdk::Resolver {
  explicit DirectByAbi(sdk::testing::ThroughAbi<sdk::Resolver> made) : direct(std::move(made)) {}
  sdk::Result<sdk::Source> Resolve(const sdk::Call& call, const sdk::RequestHead& head) override {
    return direct->Resolve(call, head);
  }
  sdk::Result<sdk::Source> ResolveChild(const sdk::Call& call, const sdk::RequestHead& head,
                                        const sdk::Child& child) override {
    return direct->ResolveChild(call, head, child);
  }
  sdk::testing::ThroughAbi<sdk::Resolver> direct;
};

class DirectStreamTest : public PipelineTest {
 protected:
  /// Adds the pipeline that `direct_stream` makes of `block`, a flow map in YAML.
  void Configure(const std::string& block) {
    config::Faults faults;
    auto loaded = config::LoadText(
        "listeners: {main: {address: \":0\"}}\ndirect_stream: " + block + "\n", "c.yaml",
        [](std::string_view) { return std::nullopt; }, faults);
    ASSERT_EQ(faults.Text(), "");
    const auto& made = loaded.pipelines.at(0);
    auto direct = sdk::testing::CreateThroughAbi<plugins::direct::Direct>(
        sdk::testing::TestConfig(std::string_view(loaded.components.at(0).config->dump())), host_);
    ASSERT_TRUE(direct) << direct.error().message;
    Step resolve{.config = made.steps.at(0),
                 .components = {InstanceOf<sdk::Resolver>(DirectByAbi(std::move(*direct)), "direct")},
                 .routes = {}};
    Step fetch{.config = made.steps.at(1), .components = {}, .routes = {}};
    auto profile = MakeProfile(fetch.config.fetch, loaded.upstream, "test");
    ASSERT_TRUE(profile) << profile.error().message;
    fetch.profile = std::move(*profile);
    fetch.slots = std::make_shared<Slots>();
    slots_ = fetch.slots;
    Add(made.name, {.path = made.match.path, .methods = made.match.methods}, {std::move(resolve), std::move(fetch)});
  }
  /// The same, with 127.0.0.1 allowed by http.
  void AllowLoopback(const std::string& more = {}) {
    Configure("{allowlist: [{domain: 127.0.0.1, schemes: [http]}]" + more + "}");
  }

  static std::string To(std::string_view url, std::string_view more = {}) {
    return "/proxy/stream?d=" + sdk::PercentEncode(url) + std::string(more);
  }

  sdk::testing::FakeHost host_;
  std::shared_ptr<Slots> slots_;
};

}  // namespace sluice::pipeline::testing
