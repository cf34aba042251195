// SPDX-License-Identifier: MIT
#include "core/plugin/registry.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "core/telemetry/log.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

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

TEST_F(RegistryTest, NamedFilesAndDirectoriesThatCannotBeReadAreFaults) {
  fs::create_directories(scratch_ / "folder.so");
  const auto nowhere = (scratch_ / "nowhere").string();
  config::Config config;
  config.plugins.directory = nowhere;
  config.plugins.files = {nowhere + "/a.so", Install("init_fails"), (scratch_ / "folder.so").string()};
  auto places = std::make_shared<config::Places>();
  (*places)["/plugins/directory"] = {"sluice.yaml", 3, "/plugins/directory"};
  for (int i = 0; i < 3; ++i) {
    const auto pointer = "/plugins/files/" + std::to_string(i);
    (*places)[pointer] = {"sluice.yaml", 5 + i, pointer};
  }
  config.places = places;
  config::Faults faults;

  Load(config.plugins);
  plugins_->CheckFiles(config, faults);

  EXPECT_EQ(faults.Text(),
            "sluice.yaml:3: /plugins/directory: " + nowhere +
                ": want a directory of plugins, found \"No such file or directory\"; check the path and "
                "its permissions\nsluice.yaml:5: /plugins/files/0: " +
                nowhere +
                "/a.so: want a readable file, found \"No such file or directory\"; check the path and its "
                "permissions\nsluice.yaml:7: /plugins/files/2: " +
                config.plugins.files[2] + ": want a regular file, found a directory; name the plugin's .so file\n");
  EXPECT_THAT(log(), Not(HasSubstr("nowhere"))) << "said with the other faults";
  EXPECT_EQ(LoadFailures("file"), 3);
}

TEST_F(RegistryTest, AFileThatStandsAloneIsAFaultOfItsKey) {
  config::Config config;
  config.plugins.directory = scratch_;
  config.plugins.files = {(scratch_ / "a.so").string()};
  auto places = std::make_shared<config::Places>();
  (*places)["/plugins/files"] = {"sluice.yaml", 4, "/plugins/files"};
  config.places = places;
  config::Faults faults;

  Load(config.plugins);
  plugins_->CheckFiles(config, faults);

  EXPECT_THAT(faults.Text(), StartsWith("sluice.yaml:4: /plugins/files: " + config.plugins.files[0] + ": "));
}

TEST_F(RegistryTest, WhatNobodyNamedAndWhatIsRefusedForSomethingElseIsNoFault) {
  fs::create_symlink("nowhere", scratch_ / "link.so");
  config::Config config;
  config.plugins.directory = scratch_;
  config.plugins.files = {Write("garbage.so", "no library")};
  config::Faults faults;

  Load(config.plugins);
  plugins_->CheckFiles(config, faults);

  EXPECT_EQ(faults.Text(), "");
  EXPECT_EQ(LoadFailures("file"), 1);
  EXPECT_EQ(LoadFailures("format"), 1);
}

TEST_F(RegistryTest, NoTypeIsUnknownWhileThereIsAFaultOfThePlugins) {
  Load(std::vector{Install("good")});
  auto unknown = BadComponent("other");
  unknown.type = "baad";
  auto config = With(unknown);
  config.components.push_back(BadComponent());
  (*config.components[1].config)["sceret"] = "typo";
  config::Faults faults;
  faults.Add({.file = {}, .line = 0, .pointer = "/plugins/files/1", .secret = false}, "cannot be read");

  const auto passed = plugins_->CheckComponents(config, faults);

  EXPECT_THAT(passed, IsEmpty());
  ASSERT_EQ(faults.all().size(), 2U) << faults.Text();
  EXPECT_EQ(faults.all()[1].place.pointer, "/components/gate/config/sceret");
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
