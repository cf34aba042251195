// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/database.hpp>
#include <sluice/sdk/detail/first_release.hpp>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/services.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/plugin/abi_interface.hpp"
#include "tests/abi/all_headers.h"

#define FROZEN_SIZE(type, size) static_assert(sizeof(type) == (size), #type " has changed its size");
#define FROZEN_FIELD(type, field, offset) \
  static_assert(offsetof(type, field) == (offset), #type "." #field " has moved");
#define FROZEN_VALUE(name, value) static_assert((name) == (value), #name " has changed its value");
#include "tests/abi/layout.inc"

extern "C" const sluice_component kWrittenInC;

namespace sluice {
namespace {

struct Silent final : plugin::CallObserver {
  sdk::Status Before(std::string_view) noexcept override { return sdk::Ok(); }
  void After(const plugin::CallOutcome&) noexcept override {}
};

TEST(LayoutTest, EveryStructOfTheHeadersIsFrozen) {
  std::ifstream frozen_file(SLUICE_SOURCE_DIR "/tests/abi/layout.inc");
  const std::string frozen{std::istreambuf_iterator<char>(frozen_file), {}};
  int structs = 0;

  for (const auto& entry : std::filesystem::directory_iterator(SLUICE_SOURCE_DIR "/sdk/include/sluice/abi")) {
    std::ifstream header(entry.path());
    for (std::string line; std::getline(header, line);) {
      if (line.rfind("typedef struct ", 0) != 0) continue;
      const auto name = line.substr(15, line.find(' ', 15) - 15);
      EXPECT_NE(frozen.find("FROZEN_SIZE(" + name + ","), std::string::npos) << name;
      ++structs;
    }
  }
  EXPECT_GT(structs, 40);
}

TEST(LayoutTest, FirstReleasesAreAsLongAsTheyWere) {
  using sdk::detail::kFirstReleaseBytes;
  EXPECT_EQ(kFirstReleaseBytes<sluice_source>, 64U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_principal>, 80U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_account>, 48U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_item>, 96U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_release>, 112U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_rewritten_manifest>, 40U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_link_order>, 80U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_reference>, 48U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_destination>, 24U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_manifest_finding>, 48U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_media_item>, 64U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_route>, 56U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_reply>, 40U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_log_service>, 32U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_metrics_service>, 32U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_http_service>, 32U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_kv_service>, 48U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_clock_service>, 32U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_secrets_service>, 56U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_links_service>, 24U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_admin_service>, 32U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_database_service>, 32U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_component>, 64U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_usage>, 96U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_usage_service>, 24U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_tasks_service>, 24U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_sessions_service>, 64U);
  EXPECT_EQ(kFirstReleaseBytes<sluice_components_service>, 24U);
}

TEST(LayoutTest, EnumsOfTheSdkEqualThoseOfTheAbi) {
  EXPECT_EQ(static_cast<unsigned>(sdk::Errc::kInternal), static_cast<unsigned>(SLUICE_INTERNAL));
  EXPECT_EQ(static_cast<unsigned>(sdk::Errc::kInvalidArgument), static_cast<unsigned>(SLUICE_INVALID_ARGUMENT));
  EXPECT_EQ(static_cast<unsigned>(sdk::Reason::kLocked), static_cast<unsigned>(SLUICE_REASON_LOCKED));
  EXPECT_EQ(static_cast<unsigned>(sdk::ItemState::kInvalid), static_cast<unsigned>(SLUICE_ITEM_INVALID));
  EXPECT_EQ(static_cast<unsigned>(sdk::Content::kWeb), static_cast<unsigned>(SLUICE_CONTENT_WEB));
  EXPECT_EQ(static_cast<unsigned>(sdk::Plan::kPremium), static_cast<unsigned>(SLUICE_PLAN_PREMIUM));
  EXPECT_EQ(static_cast<unsigned>(sdk::TitleKind::kAnime), static_cast<unsigned>(SLUICE_TITLE_ANIME));
  EXPECT_EQ(static_cast<unsigned>(sdk::LinkKind::kData), static_cast<unsigned>(SLUICE_LINK_DATA));
  EXPECT_EQ(static_cast<unsigned>(sdk::PlaybackEvent::kStop), static_cast<unsigned>(SLUICE_PLAYBACK_STOP));
  EXPECT_EQ(static_cast<unsigned>(sdk::LogLevel::kError), static_cast<unsigned>(SLUICE_LOG_ERROR));
  EXPECT_EQ(static_cast<unsigned>(sdk::SqlType::kBytes), static_cast<unsigned>(SLUICE_SQL_BYTES));
  EXPECT_EQ(static_cast<unsigned>(sdk::MetricKind::kHistogram), static_cast<unsigned>(SLUICE_METRIC_HISTOGRAM));
}

TEST(LayoutTest, HasSeesWhatTheWriterKnew) {
  sluice_response_head head{};
  head.struct_size = offsetof(sluice_response_head, headers);

  EXPECT_TRUE(SLUICE_HAS(&head, url));
  EXPECT_FALSE(SLUICE_HAS(&head, headers));
  head.struct_size = sizeof(head);
  EXPECT_TRUE(SLUICE_HAS(&head, header_count));
}

TEST(LayoutTest, APluginWrittenInCWorks) {
  Silent observer;
  void* self = nullptr;
  sluice_error error{};
  std::string missing;
  ASSERT_TRUE(plugin::CheckTable(kWrittenInC, missing)) << missing;
  ASSERT_EQ(kWrittenInC.create(nullptr, {}, nullptr, &self, &error), static_cast<sluice_status>(SLUICE_OK));

  auto made = plugin::MakeInterface(kWrittenInC, self, observer);
  ASSERT_TRUE(made);
  const sluice_call call{};
  auto source = std::get<std::unique_ptr<sdk::Resolver>>(*made)->Resolve(sdk::Call(call), {});

  ASSERT_TRUE(source);
  EXPECT_EQ(source->url, "https://c.example/");
}

}  // namespace
}  // namespace sluice
