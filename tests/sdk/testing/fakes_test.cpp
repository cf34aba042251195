// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <atomic>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <thread>

namespace sluice::sdk::testing {
namespace {

using namespace std::chrono_literals;

TEST(TestCallTest, TellsHowLongItMayTakeAndForWhom) {
  const TestCall call(CallOptions{.timeout = 1h, .request_id = "r1", .client_ip = "192.0.2.1", .traceparent = "00-1"});

  EXPECT_GT(call.remaining(), 59min);
  EXPECT_FALSE(call.cancelled());
  EXPECT_EQ(call.request_id(), "r1");
  EXPECT_EQ(call.client_ip(), "192.0.2.1");
  EXPECT_EQ(call.traceparent(), "00-1");
}

TEST(TestCallTest, IsOverWhenCancelledOrExpired) {
  EXPECT_TRUE(CancelledCall().cancelled());
  EXPECT_FALSE(CancelledCall().expired());
  EXPECT_TRUE(ExpiredCall().expired());
  EXPECT_FALSE(ExpiredCall().cancelled());
  EXPECT_EQ(CallFor(std::chrono::nanoseconds::max()).deadline(), Call::Clock::time_point::max());
  TestCall call;
  call.Cancel();
  EXPECT_TRUE(call.cancelled());
}

TEST(FakeServicesTest, KeepsLogLinesFromTheLevelOn) {
  FakeHost host;
  host.log.SetLevel(LogLevel::kWarning);

  host.host().Log(LogLevel::kInfo, "not kept");
  host.host().Log(LogLevel::kError, "kept", {{"peer", "a.example"}});

  ASSERT_EQ(host.log.lines().size(), 1U);
  EXPECT_EQ(host.log.lines()[0].level, LogLevel::kError);
  EXPECT_EQ(host.log.Text(), "kept peer=a.example\n");
}

TEST(FakeServicesTest, CountsMetricsByLabels) {
  FakeHost host;
  auto& metrics = host.host().metrics();
  const std::string_view labels[] = {"store"}, torbox[] = {"torbox"}, none[] = {"none"};
  const auto counter = metrics.Declare(MetricKind::kCounter, "calls_total", "Calls", labels);
  const auto gauge = metrics.Declare(MetricKind::kGauge, "open", "Open", {});
  ASSERT_TRUE(counter && gauge);

  metrics.Record(*counter, 1, torbox);
  metrics.Record(*counter, 2, torbox);
  metrics.Record(*gauge, 7, {});
  metrics.Record(*gauge, 3, {});
  metrics.Record(*counter, 1, {});

  EXPECT_EQ(host.metrics.Value("calls_total", {"torbox"}), 3);
  EXPECT_EQ(host.metrics.Count("calls_total", {"torbox"}), 2U);
  EXPECT_EQ(host.metrics.Count("calls_total", {std::string(none[0])}), 0U);
  EXPECT_EQ(host.metrics.Value("open"), 3);
  EXPECT_EQ(host.metrics.dropped(), 1U);
}

TEST(FakeServicesTest, RefusesBadMetricsAndCountsManyLabelSetsAsOther) {
  FakeHost host;
  const std::string_view labels[] = {"id"};
  EXPECT_FALSE(host.metrics.Declare(MetricKind::kGauge, "Bad", "", {}));
  EXPECT_FALSE(host.metrics.Declare(MetricKind::kCounter, "calls", "", {}));
  const auto counter = host.metrics.Declare(MetricKind::kCounter, "calls_total", "", labels);
  ASSERT_TRUE(counter);
  EXPECT_EQ(*host.metrics.Declare(MetricKind::kCounter, "calls_total", "", labels), *counter);
  EXPECT_FALSE(host.metrics.Declare(MetricKind::kCounter, "calls_total", "", {}));

  for (int i = 0; i < 110; ++i) {
    const auto text = std::to_string(i);
    const std::string_view values[] = {text};
    host.metrics.Record(*counter, 1, values);
  }

  EXPECT_EQ(host.metrics.Value("calls_total", {"other"}), 10);
}

TEST(FakeServicesTest, MovesTheClockOnlyByHand) {
  FakeHost host;
  auto& clock = host.host().clock();
  const auto now = clock.Now();
  const auto steady = clock.Steady();
  EXPECT_EQ(now, std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));

  host.clock.Advance(90s);

  EXPECT_EQ(clock.Now() - now, 90s);
  EXPECT_EQ(clock.Steady() - steady, 90s);
}

TEST(FakeServicesTest, ForgetsValuesAfterTheirTime) {
  FakeHost host;
  auto& kv = host.host().kv();
  ASSERT_TRUE(kv.Put(AnyCall(), "short", "1", 10s));
  ASSERT_TRUE(kv.Put(AnyCall(), "long", "2", 0s));

  host.clock.Advance(10s);

  EXPECT_EQ(**kv.Get(AnyCall(), "long"), "2");
  EXPECT_FALSE(kv.Get(AnyCall(), "short")->has_value());
  EXPECT_EQ(host.kv.entries().size(), 1U);
}

TEST(FakeServicesTest, StoresConditionally) {
  FakeHost host;
  auto& kv = host.host().kv();

  EXPECT_TRUE(*kv.PutIf(AnyCall(), "k", std::nullopt, "1", 0s));
  EXPECT_FALSE(*kv.PutIf(AnyCall(), "k", std::nullopt, "2", 0s));
  EXPECT_FALSE(*kv.PutIf(AnyCall(), "k", "0", "2", 0s));
  EXPECT_TRUE(*kv.PutIf(AnyCall(), "k", "1", "2", 0s));
  ASSERT_TRUE(kv.Erase(AnyCall(), "k"));
  EXPECT_FALSE(kv.Get(AnyCall(), "k")->has_value());
}

TEST(FakeServicesTest, CountsWithinAWindow) {
  FakeHost host;
  auto& kv = host.host().kv();

  EXPECT_EQ(*kv.Increment(AnyCall(), "k", 2, 10s), 2);
  host.clock.Advance(9s);
  EXPECT_EQ(*kv.Increment(AnyCall(), "k", -5, 10s), -3);
  EXPECT_EQ(**kv.Get(AnyCall(), "k"), "-3");
  host.clock.Advance(1s);
  EXPECT_EQ(*kv.Increment(AnyCall(), "k", 1, 10s), 1) << "what was added does not prolong the window";
}

TEST(FakeServicesTest, CountsNothingButNumbers) {
  FakeHost host;
  auto& kv = host.host().kv();

  for (const auto* value : {"", "x", "1 ", "+1", "01", "9223372036854775807"}) {
    ASSERT_TRUE(kv.Put(AnyCall(), "k", value, 0s));
    EXPECT_EQ(kv.Increment(AnyCall(), "k", 1, 0s).error().code, Errc::kInvalidArgument) << value;
    EXPECT_EQ(**kv.Get(AnyCall(), "k"), value);
  }
}

TEST(FakeServicesTest, RefusesWhatTheServersStoreRefuses) {
  FakeHost host;
  auto& kv = host.host().kv();

  EXPECT_EQ(kv.Get(AnyCall(), "").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(kv.Put(AnyCall(), std::string(513, 'k'), "", 0s).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(kv.Put(AnyCall(), "k", std::string(1024 * 1024 + 1, 'v'), 0s).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(kv.Get(CancelledCall(), "k").error().code, Errc::kCancelled);
  host.kv.FailWith(Error{.code = Errc::kUpstreamFailed, .message = "away"});
  EXPECT_EQ(kv.Erase(AnyCall(), "k").error().code, Errc::kUpstreamFailed);
}

TEST(FakeSecretsTest, OpensOnlyWhatItSealedInTheSameContext) {
  FakeHost host;
  auto& secrets = host.host().secrets();
  const auto sealed = secrets.Seal("a store key", "user:1");
  ASSERT_TRUE(sealed);

  EXPECT_EQ(*secrets.Open(*sealed, "user:1"), "a store key");
  EXPECT_EQ(secrets.Open(*sealed, "user:2").error().code, Errc::kInvalidArgument);
  EXPECT_NE(*sealed, *secrets.Seal("a store key", "user:1"));
  EXPECT_EQ(sealed->find("store"), std::string::npos);
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    auto changed = *sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(secrets.Open(changed, "user:1")) << "octet " << i;
  }
}

TEST(FakeSecretsTest, SealsTheSameEachTimeWhereThatIsAskedFor) {
  FakeHost host;
  auto& secrets = host.host().secrets();

  const auto sealed = secrets.SealDeterministic("https://a.example/x");
  ASSERT_TRUE(sealed);

  EXPECT_EQ(*sealed, *secrets.SealDeterministic("https://a.example/x"));
  EXPECT_NE(*sealed, *secrets.SealDeterministic("https://a.example/y"));
  EXPECT_EQ(*secrets.OpenDeterministic(*sealed), "https://a.example/x");
  EXPECT_FALSE(secrets.SealDeterministic(""));
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    auto changed = *sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(secrets.OpenDeterministic(changed)) << "octet " << i;
  }
}

TEST(FakeSecretsTest, ComparesAndNamesSecrets) {
  FakeHost host;
  auto& secrets = host.host().secrets();

  EXPECT_TRUE(secrets.Equal("abc", "abc"));
  EXPECT_FALSE(secrets.Equal("abc", "abd"));
  EXPECT_FALSE(secrets.Equal("abc", "ab"));
  EXPECT_EQ(secrets.Fingerprint("abc"), secrets.Fingerprint("abc"));
  EXPECT_NE(secrets.Fingerprint("abc"), secrets.Fingerprint("abd"));
  EXPECT_EQ(secrets.Fingerprint("abc").size(), 32U);
  EXPECT_EQ(secrets.Random(33).size(), 33U);
  EXPECT_NE(secrets.Random(16), secrets.Random(16));
}

TEST(FakeLinksTest, MintsTheSameLinkForTheSameArgumentsAndReadsItBack) {
  FakeHost host;
  auto& links = host.host().links();

  const auto link = links.Mint("vod", "https://a.example/x", LinkKind::kKey, "ctx", "user:1", 60s);
  const auto same = links.Mint("vod", "https://a.example/x", LinkKind::kKey, "ctx", "user:1", 60s);
  const auto other = links.Mint("vod", "https://a.example/x", LinkKind::kKey, "ctx", "user:2", 60s);

  ASSERT_TRUE(link && same && other);
  EXPECT_EQ(*link, "/link/0?kind=key");
  EXPECT_EQ(*same, *link);
  EXPECT_EQ(*other, "/link/1?kind=key");
  EXPECT_EQ(host.links.Decode(*link), (MintedLink{"https://a.example/x", LinkKind::kKey, "vod", "ctx", "user:1", 60s}));
  EXPECT_FALSE(host.links.Decode("/link/7?kind=key"));
  EXPECT_FALSE(host.links.Decode("https://a.example/x"));
  EXPECT_FALSE(host.links.Decode("/link/x"));
}

TEST(FakeLinksTest, RefusesUnknownPipelinesAndUrlsThatCannotBeFetched) {
  FakeHost host;
  host.links.AddPipeline("vod");
  auto& links = host.host().links();

  EXPECT_TRUE(links.Mint("vod", "file:///a", LinkKind::kSegment, "", "", 0s));
  EXPECT_EQ(links.Mint("live", "https://a.example/", LinkKind::kSegment, "", "", 0s).error().code, Errc::kNotFound);
  EXPECT_EQ(links.Mint("vod", "data:,x", LinkKind::kSegment, "", "", 0s).error().code, Errc::kInvalidArgument);
}

TEST(FakeLinksTest, LeavesSchemesThatAreNotProxied) {
  FakeMinter minter;

  EXPECT_EQ(minter.Proxied("data:,x", LinkKind::kKey), "data:,x");
  EXPECT_EQ(minter.Proxied("https://a.example/x", LinkKind::kInit), "/link/0?kind=init");
  EXPECT_EQ(minter.Decode("/link/0?kind=init")->url, "https://a.example/x");
}

TEST(FakeAdminTest, AnswersByTopicAndCountsReloads) {
  FakeHost host;
  host.admin.Answer("plugins", "[]");
  auto& admin = host.host().admin();

  EXPECT_EQ(*admin.Query("plugins"), "[]");
  EXPECT_EQ(admin.Query("weather").error().code, Errc::kNotFound);
  EXPECT_TRUE(admin.Reload());
  host.admin.SetReloadResult(Error{.code = Errc::kInvalidArgument, .message = "a.yaml:3: unknown key"});
  EXPECT_EQ(admin.Reload().error().message, "a.yaml:3: unknown key");
  EXPECT_EQ(host.admin.reloads(), 2U);
}

TEST(FakeHostTest, CanLackServices) {
  const auto host = FakeHost::Without({"sluice.kv/1", "sluice.http/1"});

  EXPECT_EQ(host.host().kv().Get(AnyCall(), "k").error().code, Errc::kUnsupported);
  EXPECT_EQ(host.host().http().Send(AnyCall(), {.url = "https://a.example/"}).error().code, Errc::kUnsupported);
  EXPECT_EQ(host.host().secrets().Random(4).size(), 4U);
}

TEST(SinksTest, RecordedResponseRefusesWhatCoreRefuses) {
  RecordedResponse response;
  EXPECT_FALSE(response.Write(AsBytes("early")));
  EXPECT_FALSE(response.Start(99, {}));
  const Header headers[] = {{"Content-Type", "text/plain"}};
  EXPECT_TRUE(response.Start(200, headers));
  EXPECT_FALSE(response.Start(200, {}));
  EXPECT_TRUE(response.Write(AsBytes("x")));
  EXPECT_EQ(response.header("content-type"), "text/plain");
}

TEST(FakeTasksTest, EndsWhatRunsBeforeTheHostIsGone) {
  std::atomic<bool> is_running = false;
  std::atomic<bool> has_logged = false;
  {
    FakeHost host;
    const auto task = [&, own = host.host()](const Call& call) {
      is_running = true;
      is_running.notify_all();
      while (!call.cancelled()) std::this_thread::yield();
      own.Log(LogLevel::kInfo, "last words");
      has_logged = true;
    };
    ASSERT_TRUE(host.tasks.Start(AnyCall(), 1min, task));
    is_running.wait(false);
  }

  EXPECT_TRUE(has_logged);
}

TEST(SinksTest, TestRequestSplitsItsTarget) {
  TestRequest request("GET", "/a/b?c=d?e");
  request.Header("Accept", "*/*").Param("id", "7").As({.subject = "user:1"});

  const auto head = request.head();

  EXPECT_EQ(head.path, "/a/b");
  EXPECT_EQ(head.query, "c=d?e");
  EXPECT_EQ(head.headers[0].value, "*/*");
  EXPECT_EQ(head.params[0].name, "id");
  EXPECT_EQ(head.principal->subject, "user:1");
}

}  // namespace
}  // namespace sluice::sdk::testing
