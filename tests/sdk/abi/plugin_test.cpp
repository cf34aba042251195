// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/detail/service_tables.hpp>
#include <sluice/sdk/plugin.hpp>

#include <stdexcept>
#include <string>

namespace sluice::sdk::abi_test {
namespace {

int alive = 0;
int inits = 0;

/// A component whose configuration says how its creation goes.
class Configured final : public Resolver {
 public:
  static constexpr ComponentInfo kInfo{.type = "configured", .summary = "For tests"};
  static Result<std::unique_ptr<Configured>> Create(Host host, const Config& config) {
    const auto how = config.String("/how");
    if (how == "refuse") return Error{.code = Errc::kInvalidArgument, .message = "/how: want another"};
    if (how == "null") return std::unique_ptr<Configured>();
    if (how == "throw") throw std::runtime_error("thrown in Create");
    return std::unique_ptr<Configured>(new Configured(std::string(host.name())));
  }
  ~Configured() override { --alive; }
  Result<Source> Resolve(const Call&, const RequestHead&) override { return Source{.url = "https://" + name_}; }

 private:
  explicit Configured(std::string name) : name_(std::move(name)) { ++alive; }
  const std::string name_;
};

class Other final : public Filter {
 public:
  static constexpr ComponentInfo kInfo{.type = "other", .summary = "", .config_schema = "{}"};
  static Result<std::unique_ptr<Other>> Create(Host, const Config&) { return std::make_unique<Other>(); }
};

Status Init(Host host) {
  ++inits;
  if (!host.name().empty()) return Error{.code = Errc::kInternal, .message = "an init has no name"};
  return Ok();
}
void Deinit() {
  --inits;
  throw std::runtime_error("stays inside");
}

}  // namespace
}  // namespace sluice::sdk::abi_test

SLUICE_PLUGIN_WITH_INIT("org.example.test", "1.2.3", "MIT", sluice::sdk::abi_test::Init, sluice::sdk::abi_test::Deinit,
                        &sluice::sdk::kComponent<sluice::sdk::abi_test::Configured>,
                        &sluice::sdk::kComponent<sluice::sdk::abi_test::Other>);

namespace sluice::sdk::abi_test {
namespace {

/// A document with one string, at "/how".
const sluice_config& ConfigOf(const char* how) {
  static std::string value;
  value = how;
  static const sluice_config config{.struct_size = sizeof(sluice_config),
                                    .reserved = 0,
                                    .ctx = &value,
                                    .json = {},
                                    .type = nullptr,
                                    .get_bool = nullptr,
                                    .get_int = nullptr,
                                    .get_double = nullptr,
                                    .get_string = [](const sluice_config*, sluice_str, sluice_str* out) -> uint32_t {
                                      *out = detail::Str(value);
                                      return 1;
                                    },
                                    .size = nullptr,
                                    .get_key = nullptr};
  return config;
}

class PluginTest : public ::testing::Test {
 protected:
  sluice_status Create(const char* how) {
    return component_.create(&tables_.host(), detail::Str("mine"), &ConfigOf(how), &self_, &error_);
  }
  const detail::ServiceTables tables_{{}};
  const sluice_component& component_ = *sluice_plugin.components[0];
  void* self_ = nullptr;
  sluice_error error_{};
};

TEST_F(PluginTest, TheEntryIsAConstantThatNamesEverything) {
  static_assert(kComponent<Configured>.struct_size == sizeof(sluice_component));
  EXPECT_EQ(sluice_plugin.struct_size, sizeof(sluice_plugin_entry));
  EXPECT_EQ(sluice_plugin.abi_major, 1U);
  EXPECT_STREQ(sluice_plugin.id, "org.example.test");
  EXPECT_STREQ(sluice_plugin.version, "1.2.3");
  EXPECT_STREQ(sluice_plugin.license, "MIT");
  EXPECT_STRNE(sluice_plugin.build_tag, "");
  ASSERT_EQ(sluice_plugin.component_count, 2U);
  EXPECT_STREQ(component_.kind, "sluice.resolver/1");
  EXPECT_STREQ(component_.type, "configured");
  EXPECT_STREQ(component_.config_schema, R"({"type": "object", "additionalProperties": false})");
  EXPECT_STREQ(sluice_plugin.components[1]->kind, "sluice.filter/1");
}

TEST_F(PluginTest, AnInstanceIsMadeKnowsItsNameAndIsDestroyed) {
  ASSERT_EQ(Create("fine"), static_cast<sluice_status>(SLUICE_OK));
  EXPECT_EQ(alive, 1);

  auto source = static_cast<Resolver*>(self_)->Resolve(Call(sluice_call{}), {});
  component_.destroy(self_);

  ASSERT_TRUE(source);
  EXPECT_EQ(source->url, "https://mine");
  EXPECT_EQ(alive, 0);
}

TEST_F(PluginTest, ACreationThatFailsSaysWhyAndLeavesNothing) {
  EXPECT_EQ(Create("refuse"), static_cast<sluice_status>(SLUICE_INVALID_ARGUMENT));
  EXPECT_STREQ(error_.message, "/how: want another");
  EXPECT_EQ(Create("null"), static_cast<sluice_status>(SLUICE_INTERNAL));
  EXPECT_STREQ(error_.message, "Create answered a null pointer");
  EXPECT_EQ(Create("throw"), static_cast<sluice_status>(SLUICE_INTERNAL));
  EXPECT_STREQ(error_.message, "thrown in Create");
  EXPECT_EQ(self_, nullptr);
  EXPECT_EQ(alive, 0);
}

TEST_F(PluginTest, InitAndDeinitRunBehindTheBarrier) {
  EXPECT_EQ(sluice_plugin.init(&tables_.host(), &error_), static_cast<sluice_status>(SLUICE_OK));
  EXPECT_EQ(inits, 1);

  sluice_plugin.deinit();

  EXPECT_EQ(inits, 0);
}

TEST(ErrorTest, MessagesAreCutAtAWholeCharacter) {
  sluice_error error{};

  detail::SetError(&error, Errc::kNotFound, std::string(238, 'a') + "\xC3\xA4");
  EXPECT_EQ(std::string(error.message), std::string(238, 'a'));
  detail::SetError(&error, Errc::kNotFound, std::string(237, 'a') + "\xC3\xA4");
  EXPECT_EQ(std::string(error.message), std::string(237, 'a') + "\xC3\xA4");
  detail::SetError(&error, Errc::kNotFound, std::string(237, 'a') + "\xF0\x9F\x8E\xAC");
  EXPECT_EQ(std::string(error.message), std::string(237, 'a'));
  detail::SetError(&error, Errc::kNotFound, std::string(300, '\x80'));
  EXPECT_EQ(std::string(error.message).size(), 236U);
}

TEST(ErrorTest, ACodeThatIsNoneIsSentAsInternal) {
  sluice_error error{};

  EXPECT_EQ(detail::SetError(&error, static_cast<Errc>(0), "m"), static_cast<sluice_status>(SLUICE_INTERNAL));
  EXPECT_EQ(detail::SetError(&error, static_cast<Errc>(11), "m"), static_cast<sluice_status>(SLUICE_INTERNAL));
  EXPECT_EQ(detail::SetError(nullptr, Errc::kNotFound, "m"), static_cast<sluice_status>(SLUICE_NOT_FOUND));
  EXPECT_EQ(detail::ToError(99, error).code, Errc::kInternal);
}

TEST(ErrorTest, AWaitThatDoesNotFitIsClamped) {
  sluice_error error{};

  detail::SetError(&error, Errc::kRateLimited, "", std::chrono::milliseconds(-1));
  EXPECT_EQ(error.retry_after_ms, 0U);
  detail::SetError(&error, Errc::kRateLimited, "", std::chrono::hours(100'000));
  EXPECT_EQ(error.retry_after_ms, 4294967295U);
}

}  // namespace
}  // namespace sluice::sdk::abi_test
