// SPDX-License-Identifier: MIT
#include "core/plugin/plugin_metrics.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <sluice/sdk/detail/running_call.hpp>
#include <thread>

#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using sdk::MetricKind;
using ::testing::HasSubstr;

class PluginMetricsTest : public ::testing::Test {
 protected:
  static constexpr std::array<std::string_view, 1> kStore = {"store"};
  static constexpr std::span<const std::string_view> kNone{};

  void Record(InstanceMetrics& metrics, sdk::MetricsService::Id id, double value, std::string_view label) {
    const std::array<std::string_view, 1> values = {label};
    metrics.Record(id, value, values);
  }
  std::string Refusal(MetricKind kind, std::string_view name, std::span<const std::string_view> labels) {
    const auto made = metrics_.Declare(kind, name, "help", labels);
    return made ? "" : made.error().message;
  }

  const sdk::detail::RunningCall control_{sdk::detail::ThreadTag::kControl, nullptr};  // metrics are declared in such
  prometheus::Registry registry_;
  PluginMetrics all_{registry_};
  InstanceMetrics metrics_{all_, "shared-secret", "gate"};
};

TEST_F(PluginMetricsTest, NamesMetricsAfterTypeAndComponent) {
  const auto id = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kStore);
  ASSERT_TRUE(id) << id.error().message;

  Record(metrics_, *id, 2, "torbox");
  Record(metrics_, *id, 3, "torbox");

  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_hits_total", {{"component", "gate"}, {"store", "torbox"}}),
            5);
}

TEST_F(PluginMetricsTest, RecordsGaugesAndHistograms) {
  const auto gauge = metrics_.Declare(MetricKind::kGauge, "queue", "Queue", kNone);
  const auto histogram = metrics_.Declare(MetricKind::kHistogram, "fetch_seconds", "Time", kNone);
  ASSERT_TRUE(gauge);
  ASSERT_TRUE(histogram);

  metrics_.Record(*gauge, 7, {});
  metrics_.Record(*gauge, 4, {});
  metrics_.Record(*histogram, 0.5, {});

  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_queue"), 4);
  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_fetch_seconds"), 1);
}

TEST_F(PluginMetricsTest, CountsTheHundredAndFirstLabelSetAsOther) {
  const auto id = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kStore);
  ASSERT_TRUE(id);

  for (int i = 0; i < 500; ++i) Record(metrics_, *id, 1, "user" + std::to_string(i));
  Record(metrics_, *id, 1, "user7");

  EXPECT_EQ(SeriesCount(registry_, "sluice_plugin_shared_secret_hits_total"), 101U);
  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_hits_total", {{"store", "other"}}), 400);
  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_hits_total", {{"store", "user7"}}), 2);
}

TEST_F(PluginMetricsTest, LabelValuesThatAreLongOrNoUtf8CountAsOther) {
  const auto id = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kStore);
  ASSERT_TRUE(id);

  Record(metrics_, *id, 1, std::string(4096, 'x'));
  Record(metrics_, *id, 1, "\xff\xfe");
  Record(metrics_, *id, 1, "\xe2\x82");

  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_hits_total", {{"store", "other"}}), 3);
}

TEST_F(PluginMetricsTest, DeclaringAgainAnswersTheSame) {
  const auto first = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kStore);
  const auto second = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kStore);

  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
}

TEST_F(PluginMetricsTest, CountersGoOnInTheInstanceThatAReloadMakes) {
  std::optional<InstanceMetrics> old_instance(std::in_place, all_, "torbox", "tb");
  auto id = old_instance->Declare(MetricKind::kCounter, "hits_total", "Hits", kNone);
  old_instance->Record(*id, 1, {});
  InstanceMetrics new_instance(all_, "torbox", "tb");
  id = new_instance.Declare(MetricKind::kCounter, "hits_total", "Hits", kNone);

  old_instance.reset();
  new_instance.Record(*id, 1, {});

  EXPECT_EQ(Metric(registry_, "sluice_plugin_torbox_hits_total"), 2);
}

TEST_F(PluginMetricsTest, SeriesGoWithTheLastInstanceOfTheirComponent) {
  std::optional<InstanceMetrics> gone(std::in_place, all_, "shared-secret", "gone");
  const auto id = gone->Declare(MetricKind::kCounter, "hits_total", "Hits", kNone);
  const auto kept = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kNone);
  gone->Record(*id, 1, {});
  metrics_.Record(*kept, 1, {});

  gone.reset();

  EXPECT_EQ(SeriesCount(registry_, "sluice_plugin_shared_secret_hits_total"), 1U);
}

TEST_F(PluginMetricsTest, RefusesWhatPrometheusOrTheHostCannotTake) {
  constexpr std::array<std::string_view, 5> kFive = {"a", "b", "c", "d", "e"};
  constexpr std::array<std::string_view, 2> kTwice = {"a", "a"};
  constexpr std::array<std::string_view, 1> kComponent = {"component"};
  constexpr std::array<std::string_view, 1> kDash = {"a-b"};

  EXPECT_THAT(Refusal(MetricKind::kGauge, "Bad Name", kNone), HasSubstr("want [a-z][a-z0-9_]*"));
  EXPECT_THAT(Refusal(MetricKind::kCounter, "hits", kNone), HasSubstr("ends in _total"));
  EXPECT_THAT(Refusal(MetricKind::kGauge, "many", kFive), HasSubstr("want at most 4 labels"));
  EXPECT_THAT(Refusal(MetricKind::kGauge, "twice", kTwice), HasSubstr("distinct names"));
  EXPECT_THAT(Refusal(MetricKind::kGauge, "own", kComponent), HasSubstr("not component or le"));
  EXPECT_THAT(Refusal(MetricKind::kGauge, "dash", kDash), HasSubstr("labels want"));
  EXPECT_EQ(Refusal(MetricKind::kGauge, "queue", kNone), "");
  EXPECT_THAT(Refusal(MetricKind::kHistogram, "queue", kNone), HasSubstr("declared before with another kind"));
  EXPECT_THAT(Refusal(MetricKind::kGauge, "queue", kStore), HasSubstr("declared before with other labels"));
}

TEST_F(PluginMetricsTest, ATypeCannotWriteIntoTheHostsOwnFamilies) {
  InstanceMetrics sly(all_, "call", "sly");

  const auto made = sly.Declare(MetricKind::kHistogram, "seconds", "Mine", kNone);

  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("the name is the host's own"));
}

TEST_F(PluginMetricsTest, IgnoresWhatCannotBeRecorded) {
  const auto id = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kNone);
  ASSERT_TRUE(id);
  const std::array<std::string_view, 2> too_many = {"a", "b"};

  metrics_.Record(*id, -1, {});
  metrics_.Record(*id, std::numeric_limits<double>::quiet_NaN(), {});
  metrics_.Record(*id, 1, too_many);
  metrics_.Record(99, 1, {});

  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_hits_total"), 0);
}

TEST_F(PluginMetricsTest, RecordsFromManyThreads) {
  const auto id = metrics_.Declare(MetricKind::kCounter, "hits_total", "Hits", kStore);
  ASSERT_TRUE(id);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 500; ++k) Record(metrics_, *id, 1, "s" + std::to_string(k % 120));
    });
  }
  threads.clear();

  EXPECT_EQ(Metric(registry_, "sluice_plugin_shared_secret_hits_total"), 2000);
}

}  // namespace
}  // namespace sluice::plugin::testing
