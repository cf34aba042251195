// SPDX-License-Identifier: MIT
// The whole way: the server's own HTTP client, and fakes that run as a program, scripted over their control path.
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sluice/sdk/detail/service_tables.hpp>
#include <sluice/sdk/testing/config.hpp>
#include <sluice/sdk/testing/fake_services.hpp>
#include <sluice/sdk/testing/fake_tasks.hpp>
#include <string>
#include <thread>

#include "core/upstream/http_service.hpp"
#include "tests/fakes/process.hpp"
#include "tests/plugins/indexer/support.hpp"
#include "torznab.hpp"

namespace sluice::plugins::torznab {
namespace {

using Json = nlohmann::json;
using indexer::FakeIndexers;

class TorznabOverHttpTest : public ::testing::Test {
 protected:
  TorznabOverHttpTest()
      : output_(std::filesystem::temp_directory_path() /
                ("fake_indexers." + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "." +
                 std::to_string(static_cast<long>(::getpid())))),
        fakes_({FAKE_INDEXERS}, output_),
        base_("http://" + ReadAddress()),
        client_({.trusted = {"127.0.0.1"}}, registry_),
        http_(client_),
        tables_({.log = &log_, .metrics = &metrics_, .http = &http_, .clock = &clock_, .tasks = &tasks_}, "1.0.0"),
        host_(tables_.host(), "test") {}
  ~TorznabOverHttpTest() override { std::filesystem::remove(output_); }

  /// Of the first line that the program prints.
  std::string ReadAddress() {
    std::string line;
    while (fakes_.running() && line.empty()) {
      std::ifstream file(output_);
      std::getline(file, line);
      if (file.eof()) line.clear();
    }
    return line.substr(line.rfind(' ') + 1);
  }
  Json Ask(const std::string& method, const std::string& path, const Json& order = {}) {
    const auto answer = http_.Send(
        indexer::AnyCall(), {.method = method, .url = base_ + path, .body = order.is_null() ? "" : order.dump()});
    EXPECT_TRUE(answer && answer->status == 200) << path;
    return answer ? Json::parse(answer->body, nullptr, false) : Json();
  }
  std::unique_ptr<TorznabIndexer> Make(const std::string& index) {
    sdk::testing::TestConfig config{{"/url", base_ + "/jackett/api/v2.0/indexers/" + index + "/results/torznab"},
                                    {"/api_key", FakeIndexers::kKey}};
    EXPECT_TRUE(config.Complete(TorznabIndexer::kInfo.config_schema));
    const sdk::testing::ConfigTable table(config.document());
    auto made = TorznabIndexer::Create(host_, sdk::Config(table.abi()));
    EXPECT_TRUE(made);
    return *std::move(made);
  }

  const std::filesystem::path output_;
  fakes::Process fakes_;
  const std::string base_;
  prometheus::Registry registry_;
  upstream::Client client_;
  upstream::HttpService http_;
  sdk::testing::FakeLog log_;
  sdk::testing::FakeMetrics metrics_;
  sdk::testing::FakeClock clock_;
  sdk::testing::FakeTasks tasks_;
  const sdk::detail::ServiceTables tables_;
  const sdk::Host host_;
};

TEST_F(TorznabOverHttpTest, FindsWhatTheFakesHoldAndKeepsWhatComesLate) {
  Ask("POST", "/_control",
      {{"add",
        {{"id", "yts"},
         {"releases",
          {{{"title", "by redirect"}, {"offer", "redirect"}, {"imdb_id", "tt0133093"}},
           {{"title", "by file"}, {"offer", "torrent"}, {"imdb_id", "tt0133093"}},
           {{"title", "by hash"}, {"offer", "hash"}, {"imdb_id", "tt0133093"}}}}}}});
  Ask("POST", "/_control", {{"change", "yts"}, {"fault", "held"}});
  const auto indexer = Make("yts");
  sdk::testing::CollectedReleases none;
  sdk::testing::CollectedReleases found;

  const auto late = indexer->Search(sdk::testing::CallFor(std::chrono::milliseconds(200)), {}, indexer::Film(), none);
  Ask("POST", "/_control", {{"release", true}});
  tasks_.Wait();
  const auto known = indexer->Search(indexer::AnyCall(), {}, indexer::Film(), found);

  EXPECT_EQ(late.error().code, sdk::Errc::kDeadlineExceeded);
  EXPECT_TRUE(known);
  EXPECT_THAT(indexer::TitlesOf(found.values), ::testing::ElementsAre("by file", "by hash", "by redirect"));
  for (const auto& release : found.values) EXPECT_EQ(release.info_hash.size(), 40U) << release.title;
  EXPECT_EQ(Ask("GET", "/_control/log").size(), 4U) << "caps, search, two links";
  EXPECT_TRUE(Ask("GET", "/_control/violations").empty());
  EXPECT_EQ(log_.Text().find("planted"), std::string::npos);
}

}  // namespace
}  // namespace sluice::plugins::torznab
