// SPDX-License-Identifier: MIT
#include "tests/core/pipeline/direct_fixture.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <sluice/sdk/testing/create.hpp>
#include <utility>

#include "core/config/load.hpp"
#include "core/pipeline/leaving.hpp"
#include "plugins/resolver/direct/direct.hpp"

namespace sluice::pipeline::testing {
namespace {

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

}  // namespace

DirectStreamTest::DirectStreamTest() : host_(std::make_unique<sdk::testing::FakeHost>()) {}
DirectStreamTest::~DirectStreamTest() = default;

void DirectStreamTest::Configure(const std::string& block) {
  config::Faults faults;
  auto loaded = config::LoadText(
      "listeners: {main: {address: \":0\"}}\ndirect_stream: " + block + "\n", "c.yaml",
      [](std::string_view) { return std::nullopt; }, faults);
  ASSERT_EQ(faults.Text(), "");
  const auto& made = loaded.pipelines.at(0);
  auto direct = sdk::testing::CreateThroughAbi<plugins::direct::Direct>(
      sdk::testing::TestConfig(std::string_view(loaded.components.at(0).config->dump())), *host_);
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

}  // namespace sluice::pipeline::testing
