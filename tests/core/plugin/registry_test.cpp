// SPDX-License-Identifier: MIT
#include "core/plugin/registry.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "core/telemetry/log.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RegistryTest : public HostTest {
 protected:
  static config::Config With(config::Component component) {
    config::Config config;
    config.components.push_back(std::move(component));
    return config;
  }
  static sdk::Result<std::optional<sdk::Principal>> Ask(const Instance& instance, std::string_view secret,
                                                        std::chrono::milliseconds budget = 10s) {
    return instance.As<sdk::AuthBackend>()->Authenticate(TimedCall(budget), {.scheme = "bearer", .secret = secret});
  }
};

TEST_F(RegistryTest, ChecksComponentsAndFillsInDefaults) {
  Load(std::vector{Install("good")});
  auto config = With(BadComponent());
  config::Faults faults;

  plugins_->CheckComponents(config, faults);

  EXPECT_EQ(faults.Text(), "");
  EXPECT_EQ((*config.components[0].config)["secret"], "open");
}

TEST_F(RegistryTest, ReportsFaultsWhereTheyStand) {
  Load(std::vector{Install("good")});
  auto config = With(BadComponent());
  (*config.components[0].config)["sceret"] = "typo";
  auto places = std::make_shared<config::Places>();
  (*places)["/components/gate/config/sceret"] = {"sluice.yaml", 12, "/components/gate/config/sceret"};
  config.places = places;
  config::Faults faults;

  plugins_->CheckComponents(config, faults);

  EXPECT_THAT(faults.Text(), HasSubstr("sluice.yaml:12: /components/gate/config/sceret: "));
}

TEST_F(RegistryTest, AnUnknownTypeListsThoseOfItsKind) {
  Load(std::vector{Install("good")});
  auto component = BadComponent();
  component.type = "baad";
  auto config = With(component);
  config::Faults faults;

  plugins_->CheckComponents(config, faults);

  EXPECT_THAT(faults.Text(), HasSubstr("unknown auth type \"baad\"; known: bad"));
}

TEST_F(RegistryTest, KnowsWhereSecretsStand) {
  Load(std::vector{Install("good")});
  auto component = BadComponent();
  (*component.config)["secret"] = "very-secret-word";

  EXPECT_THAT(plugins_->SecretPointers(With(component)), ElementsAre("/components/gate/config/secret"));
}

TEST_F(RegistryTest, SecretsOfAnInstanceNeverReachTheLog) {
  Load(std::vector{Install("good")});
  auto component = BadComponent();
  (*component.config)["secret"] = "very-secret-word";

  ASSERT_TRUE(plugins_->Create(component));
  telemetry::Log(telemetry::Level::kError, "refused very-secret-word");

  EXPECT_THAT(log(), HasSubstr("refused ***"));
}

TEST_F(RegistryTest, MakesInstancesThatAnswer) {
  Load(std::vector{Install("good")});

  const auto made = CreateBad();

  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ((*made)->name(), "gate");
  EXPECT_EQ((*made)->kind(), "auth");
  EXPECT_EQ((*made)->type(), "bad");
  EXPECT_EQ((*made)->plugin(), "org.example.bad");
  EXPECT_EQ((*made)->As<sdk::Store>(), nullptr);
  const auto who = Ask(**made, "word");
  ASSERT_TRUE(who) << who.error().message;
  ASSERT_TRUE(*who);
  EXPECT_EQ((*who)->subject, "bad");
}

TEST_F(RegistryTest, SaysThatATypeIsNotThere) {
  const auto made = CreateBad();

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, sdk::Errc::kNotFound);
}

TEST_F(RegistryTest, CountsLiveInstances) {
  Load(std::vector{Install("good")});
  {
    const auto one = CreateBad("one");
    const auto two = CreateBad("two");
    EXPECT_EQ(
        Metric(metrics_, "sluice_plugin_instances", {{"plugin", "org.example.bad"}, {"kind", "auth"}, {"type", "bad"}}),
        2);
  }

  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 0);
}

TEST_F(RegistryTest, AThousandInstancesLeaveNothingBehind) {
  Load(std::vector{Install("good")});
  const auto before = metrics_.Collect().size();

  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(CreateBad("c" + std::to_string(i)));

  EXPECT_EQ(SeriesCount(metrics_, "sluice_plugin_call_seconds"), 0U);
  EXPECT_EQ(SeriesCount(metrics_, "sluice_plugin_overruns_total"), 0U);
  EXPECT_LE(metrics_.Collect().size(), before + 1);
}

TEST_F(RegistryTest, AnInstanceOutlivesTheRegistry) {
  Load(std::vector{Install("good")});
  auto made = CreateBad();
  ASSERT_TRUE(made);

  registry_.reset();

  EXPECT_TRUE(Ask(**made, "word"));
}

TEST_F(RegistryTest, QuarantinesAComponentThatSleepsPastItsDeadline) {
  auto plugins = Files({Install("sleeps")});
  plugins.quarantine_after = 2;
  plugins.quarantine_probe = 1h;
  Load(plugins);
  const auto made = CreateBad();
  ASSERT_TRUE(made);

  EXPECT_FALSE(Ask(**made, "slow", 1ms));
  EXPECT_FALSE((*made)->quarantined());
  EXPECT_FALSE(Ask(**made, "slow", 1ms));

  EXPECT_TRUE((*made)->quarantined());
  const auto refused = Ask(**made, "fast");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kInternal);
  EXPECT_THAT(refused.error().message, HasSubstr("quarantined"));
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_overruns_total", {{"plugin", "org.example.bad"}}), 2);
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_quarantined", {{"component", "gate"}}), 1);
}

TEST_F(RegistryTest, AProbeInTimeEndsQuarantine) {
  auto plugins = Files({Install("sleeps")});
  plugins.quarantine_after = 1;
  plugins.quarantine_probe = 0ms;
  Load(plugins);
  const auto made = CreateBad();
  ASSERT_TRUE(made);
  EXPECT_FALSE(Ask(**made, "slow", 1ms));
  ASSERT_TRUE((*made)->quarantined());

  EXPECT_TRUE(Ask(**made, "fast"));

  EXPECT_FALSE((*made)->quarantined());
}

}  // namespace
}  // namespace sluice::plugin::testing
