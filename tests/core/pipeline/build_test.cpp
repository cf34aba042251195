// SPDX-License-Identifier: MIT
#include "core/pipeline/build.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "core/pipeline/metrics.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::pipeline {
namespace {

using plugin::testing::BadComponent;
using plugin::testing::Metric;
using ::testing::HasSubstr;

class BuildTest : public plugin::testing::HostTest {
 protected:
  /// One pipeline "p" that authenticates by every one of `components`.
  static config::Config With(std::vector<config::Component> components) {
    config::Config config;
    config::Pipeline pipeline;
    pipeline.name = "p";
    config::Step step;
    step.kind = config::Step::Kind::kAuthenticate;
    for (const auto& component : components) step.authenticate.components.push_back(component.name);
    pipeline.steps.push_back(std::move(step));
    config.pipelines.push_back(std::move(pipeline));
    config.components = std::move(components);
    return config;
  }
  static config::Component Gate(const std::string& name, const std::string& secret) {
    auto component = BadComponent(name);
    (*component.config)["secret"] = secret;
    return component;
  }
  std::shared_ptr<const Snapshot> Build(config::Config config, const Snapshot* previous = nullptr) {
    return pipeline::Build(std::move(config), plugins_, previous, pipeline_metrics_, faults_);
  }
  static const plugin::Instance* InstanceOf(const Snapshot& snapshot, const std::string& name) {
    return snapshot.components.at(name).instance.get();
  }

  Metrics pipeline_metrics_{metrics_};
  config::Faults faults_;
};

TEST_F(BuildTest, MakesComponentsAndLooksThemUp) {
  Load(std::vector{Install("good")});

  const auto snapshot = Build(With({Gate("one", "a"), Gate("two", "b")}));

  ASSERT_TRUE(snapshot) << faults_.Text();
  const auto* const pipeline = snapshot->FindPipeline("p");
  ASSERT_NE(pipeline, nullptr);
  const auto* const step = pipeline->Find(config::Step::Kind::kAuthenticate);
  ASSERT_NE(step, nullptr);
  ASSERT_EQ(step->components.size(), 2U);
  EXPECT_EQ(step->components[0].get(), InstanceOf(*snapshot, "one"));
  EXPECT_EQ(step->components[1].get(), InstanceOf(*snapshot, "two"));
  EXPECT_EQ(pipeline->Find(config::Step::Kind::kFetch), nullptr);
  EXPECT_EQ(snapshot->FindPipeline("q"), nullptr);
}

TEST_F(BuildTest, UsesUnchangedInstancesAgainAndRemakesChangedOnes) {
  Load(std::vector{Install("good")});
  const auto before = Build(With({Gate("same", "a"), Gate("changed", "b")}));
  ASSERT_TRUE(before) << faults_.Text();

  const auto after = Build(With({Gate("changed", "c"), Gate("same", "a"), Gate("added", "a")}), before.get());

  ASSERT_TRUE(after) << faults_.Text();
  EXPECT_EQ(InstanceOf(*after, "same"), InstanceOf(*before, "same"));
  EXPECT_NE(InstanceOf(*after, "changed"), InstanceOf(*before, "changed"));
  EXPECT_EQ(after->components.size(), 3U);
}

TEST_F(BuildTest, RemakesInstancesWhenTheirPluginHasANewBuild) {
  const auto file = Install("good", "gate");
  Load(std::vector{file});
  auto component = BadComponent("gate");
  const auto before = Build(With({component}));
  ASSERT_TRUE(before) << faults_.Text();

  Install("good_next", "gate");
  Load(std::vector{file});
  const auto after = Build(With({component}), before.get());

  ASSERT_TRUE(after) << faults_.Text();
  EXPECT_NE(InstanceOf(*after, "gate"), InstanceOf(*before, "gate"));
  EXPECT_EQ(Build(With({component}), after.get())->components.at("gate").instance,
            after->components.at("gate").instance);
}

TEST_F(BuildTest, InstancesGoWithTheLastSnapshotThatNamesThem) {
  Load(std::vector{Install("good")});
  auto before = Build(With({Gate("kept", "a"), Gate("dropped", "b")}));
  ASSERT_TRUE(before) << faults_.Text();
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 2);

  const auto after = Build(With({Gate("kept", "a")}), before.get());
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 2) << "exchanges may still use it";
  before.reset();

  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 1);
}

TEST_F(BuildTest, ReportsEveryComponentThatCannotBeMade) {
  Load(std::vector{Install("create_refuses")});
  auto one = BadComponent("one");
  auto two = BadComponent("two");
  one.place = {.file = "sluice.yaml", .line = 3, .pointer = "/components/one"};
  two.place = {.file = "sluice.yaml", .line = 4, .pointer = "/components/two"};

  const auto snapshot = Build(With({one, two}));

  EXPECT_EQ(snapshot, nullptr);
  EXPECT_THAT(faults_.Text(), HasSubstr("sluice.yaml:3: /components/one: "));
  EXPECT_THAT(faults_.Text(), HasSubstr("sluice.yaml:4: /components/two: "));
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 0);
}

TEST_F(BuildTest, AFaultLeavesThePreviousSnapshotAlone) {
  Load(std::vector{Install("good")});
  const auto before = Build(With({Gate("same", "a")}));
  ASSERT_TRUE(before) << faults_.Text();
  auto unknown = BadComponent("unknown");
  unknown.type = "nobody-brings-this";

  EXPECT_EQ(Build(With({Gate("same", "a"), unknown}), before.get()), nullptr);

  EXPECT_FALSE(faults_.empty());
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 1);
  EXPECT_EQ(before->components.size(), 1U);
}

TEST_F(BuildTest, APipelineTakesBodiesAsLargeAsItOrTheServerSays) {
  auto config = With({});
  config.server.max_body_bytes = 100;
  auto own = config.pipelines[0];
  own.name = "own";
  own.max_body_bytes = 7;
  config.pipelines.push_back(own);

  const auto snapshot = Build(std::move(config));

  ASSERT_TRUE(snapshot) << faults_.Text();
  EXPECT_EQ(snapshot->FindPipeline("p")->max_body_bytes, 100U);
  EXPECT_EQ(snapshot->FindPipeline("own")->max_body_bytes, 7U);
}

TEST_F(BuildTest, ResponsesUnderWayCountAcrossReloadsThatChangeTheLimit) {
  const auto build = [&](std::uint32_t limit, const Snapshot* previous) {
    auto config = With({});
    auto& step = config.pipelines[0].steps[0];
    step.kind = config::Step::Kind::kFetch;
    step.fetch.max_concurrent = limit;
    return Build(std::move(config), previous);
  };
  const auto before = build(2, nullptr);
  ASSERT_TRUE(before) << faults_.Text();
  const auto under_way = before->pipelines[0].steps[0].slots->Take(2);

  const auto after = build(1, before.get());

  ASSERT_TRUE(after) << faults_.Text();
  EXPECT_EQ(after->pipelines[0].steps[0].slots->Take(1), nullptr);
  EXPECT_EQ(build(0, after.get())->pipelines[0].steps[0].slots, nullptr);
}

TEST_F(BuildTest, CountsGoOnAcrossReloads) {
  const auto before = Build(With({}));
  ASSERT_TRUE(before) << faults_.Text();
  before->pipelines[0].metrics->Count("GET", 200, {});

  const auto after = Build(With({}), before.get());
  after->pipelines[0].metrics->Count("GET", 204, {});

  EXPECT_EQ(Metric(metrics_, "sluice_requests_total", {{"pipeline", "p"}, {"status", "2xx"}}), 2);
}

}  // namespace
}  // namespace sluice::pipeline
