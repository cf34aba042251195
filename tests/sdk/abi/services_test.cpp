// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/detail/service_tables.hpp>
#include <sluice/sdk/host.hpp>

#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "tests/sdk/abi/services_fixture.hpp"

namespace sluice::sdk::abi_test {
namespace {

TEST_F(ServicesTest, AHostKnowsItsInstanceAndVersion) {
  EXPECT_EQ(host_.name(), "my-store");
  EXPECT_EQ(detail::View(tables_.host().server_version), "1.2.3");
  EXPECT_EQ(tables_.Find("sluice.log/2"), nullptr);
}

TEST_F(ServicesTest, LogsOnlyWhatIsEnabled) {
  host_.Log(LogLevel::kDebug, "unseen");
  host_.Log(LogLevel::kError, "seen", {{"a", "1"}, {"b", ""}});

  EXPECT_EQ(Seen(), "4 seen [a: 1] [b: ]\n");
}

TEST_F(ServicesTest, ReadsAnUnknownLogLevelAsInfo) {
  const auto* log = static_cast<const sluice_log_service*>(tables_.Find(SLUICE_LOG_SERVICE));

  log->write(log->ctx, 9, detail::Str("m"), nullptr, 0);

  EXPECT_EQ(log->enabled(log->ctx, 9), 1U);
  EXPECT_EQ(Seen(), "2 m\n");
}

TEST_F(ServicesTest, DeclaresAndRecordsMetrics) {
  const std::string_view labels[] = {"method", "status"};

  auto id = host_.metrics().Declare(MetricKind::kHistogram, "fetch_seconds", "How long.", labels);
  ASSERT_TRUE(id);
  host_.metrics().Record(*id, 0.5, labels);

  EXPECT_EQ(Seen(), "2 fetch_seconds How long. method status77 0.5 method status");
}

TEST_F(ServicesTest, RefusesAKindOfMetricThatItDoesNotKnow) {
  const auto* metrics = static_cast<const sluice_metrics_service*>(tables_.Find(SLUICE_METRICS_SERVICE));
  sluice_error error{};
  uint32_t id = 5;

  const auto status = metrics->declare(metrics->ctx, 3, {}, {}, nullptr, 0, &id, &error);

  EXPECT_EQ(status, static_cast<sluice_status>(SLUICE_UNSUPPORTED));
  EXPECT_EQ(id, 5U);
}

HttpRequest SomeRequest() {
  HttpRequest request;
  request.method = "POST";
  request.url = "https://o.example/x";
  request.body = "in";
  request.timeout = std::chrono::milliseconds(1234);
  request.max_redirects = 3;
  request.max_body_bytes = 99;
  for (int i = 0; i < 40; ++i) request.headers.push_back({"X-" + std::to_string(i), "v"});
  return request;
}

TEST_F(ServicesTest, SendsARequestWholeAndTakesItsAnswer) {
  const auto request = SomeRequest();
  fake_.Saw(call_, request);
  const auto want = Seen();

  auto response = host_.http().Send(call_, request);

  ASSERT_TRUE(response);
  EXPECT_EQ(Seen(), want);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->url, "https://o.example/");
  EXPECT_EQ(response->headers, fake_.response.headers);
  EXPECT_EQ(response->body, "body");
}

struct StreamSink final : HttpSink {
  Status Start(const HttpResponse& head) override {
    got += std::to_string(head.status) + " ";
    if (start_error) return *start_error;
    return Ok();
  }
  Status Write(std::span<const std::byte> chunk) override {
    got.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    if (throws) throw std::runtime_error("sink threw");
    if (write_error) return *write_error;
    return Ok();
  }
  std::string got;
  bool throws = false;
  std::optional<Error> start_error, write_error;
};

TEST_F(ServicesTest, StreamsAResponse) {
  StreamSink sink;

  EXPECT_TRUE(host_.http().Stream(call_, SomeRequest(), sink));

  EXPECT_EQ(sink.got, "404 chunkchunkchunk");
}

TEST_F(ServicesTest, AStreamsSinkGetsItsOwnErrorBackWhole) {
  StreamSink at_start, at_write, throwing;
  at_start.start_error = Error{.code = Errc::kNotFound, .message = "no such thing", .upstream_status = 404};
  at_write.write_error = Error{.code = Errc::kUnsupported, .message = "too much"};
  throwing.throws = true;

  auto first = host_.http().Stream(call_, {}, at_start);
  auto second = host_.http().Stream(call_, {}, at_write);
  auto third = host_.http().Stream(call_, {}, throwing);

  ASSERT_FALSE(first || second || third);
  EXPECT_EQ(first.error().message, "no such thing");
  EXPECT_EQ(first.error().upstream_status, 404U);
  EXPECT_EQ(at_start.got, "404 ");
  EXPECT_EQ(second.error().code, Errc::kUnsupported);
  EXPECT_EQ(at_write.got, "404 chunk");
  EXPECT_EQ(third.error().code, Errc::kInternal);
  EXPECT_EQ(third.error().message, "sink threw");
}

TEST_F(ServicesTest, KeepsValuesOctetForOctet) {
  auto value = host_.kv().Get(call_, "key");
  auto empty = host_.kv().Get(call_, "empty");
  auto none = host_.kv().Get(call_, "none");
  Seen();
  auto only_new = host_.kv().PutIf(call_, "k", std::nullopt, "v", std::chrono::seconds(3));
  auto if_empty = host_.kv().PutIf(call_, "k", "", "v", std::chrono::seconds(3));
  EXPECT_TRUE(host_.kv().Put(call_, "k", "v", std::chrono::hours(1)));
  EXPECT_TRUE(host_.kv().Erase(call_, "k"));

  ASSERT_TRUE(value && empty && none && only_new && if_empty);
  EXPECT_EQ(*value, std::string("v\0\xFF", 3));
  EXPECT_EQ(*empty, "");
  EXPECT_EQ(*none, std::nullopt);
  EXPECT_TRUE(*only_new);
  EXPECT_FALSE(*if_empty);
  EXPECT_EQ(Seen(), "k none v 3k \"\" v 3k=v 3600k");
}

TEST_F(ServicesTest, CountsInAllOf64Bits) {
  const auto sum = host_.kv().Increment(call_, "k", std::numeric_limits<std::int64_t>::min(), std::chrono::minutes(1));

  ASSERT_TRUE(sum);
  EXPECT_EQ(*sum, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Seen(), "k -9223372036854775808 60");
}

TEST_F(ServicesTest, TellsTheHostsTime) {
  EXPECT_EQ(host_.clock().Now(), static_cast<ClockService&>(fake_).Now());
  EXPECT_EQ(host_.clock().Steady(), static_cast<ClockService&>(fake_).Steady());
}

TEST_F(ServicesTest, PassesSecretsLinksAndAdmin) {
  EXPECT_EQ(*host_.secrets().Seal("p", "c"), "p/c");
  EXPECT_EQ(*host_.secrets().Open("s", "c"), "s\\c");
  EXPECT_TRUE(host_.secrets().Equal("a", "a"));
  EXPECT_FALSE(host_.secrets().Equal("a", "b"));
  EXPECT_EQ(host_.secrets().Fingerprint("s"), "f(s)");
  EXPECT_EQ(host_.secrets().Random(4), "rrrr");
  EXPECT_EQ(*host_.secrets().SealDeterministic("p"), "=p");
  EXPECT_EQ(*host_.secrets().OpenDeterministic("s"), "s=");
  EXPECT_EQ(*host_.links().Mint("vod", "https://o", LinkKind::kImage, "c", "user:1", std::chrono::seconds(9)), "/l/1");
  EXPECT_EQ(Seen(), "vod https://o 5 c user:1 9");
  EXPECT_EQ(*host_.admin().Query("plugins"), "plugins");
  EXPECT_TRUE(host_.admin().Reload());
}

TEST_F(ServicesTest, PassesWhatIsKept) {
  EXPECT_TRUE(host_.secrets().Keep(call_, "n", "s", std::chrono::hours(1)));
  EXPECT_EQ(*host_.secrets().Recall(call_, "n"), "kept");
  EXPECT_EQ(*host_.secrets().Recall(call_, "empty"), "");
  EXPECT_EQ(*host_.secrets().Recall(call_, "none"), std::nullopt);
  EXPECT_TRUE(host_.secrets().Forget(call_, "n"));
  EXPECT_EQ(host_.secrets().KeyId(), "k1");
  EXPECT_EQ(Seen(), "n=s 3600nemptynonen");
}

TEST_F(ServicesTest, PassesUsage) {
  EXPECT_TRUE(host_.usage().Record(call_, {.backend = "pool",
                                           .subject = "user:42",
                                           .key_id = "k1",
                                           .action = "stream-served",
                                           .hash = "aa",
                                           .cached = true,
                                           .bytes = 5}));
  EXPECT_EQ(Seen(), "pool user:42 k1 stream-served aa 1 5");
}

TEST_F(ServicesTest, ARandomThatCannotBeMadeEndsTheCall) {
  EXPECT_THROW(host_.secrets().Random(0), std::runtime_error);
  fake_.throws = true;
  EXPECT_THROW(host_.secrets().Fingerprint("s"), std::runtime_error);
}

/// Every method that answers an error. \returns  the messages, in order.
std::vector<Error> AllErrors(const Host& host, const Call& call) {
  StreamSink sink;
  std::vector<Error> errors;
  const auto keep = [&](const auto& result) { errors.push_back(result ? Error{.message = "none"} : result.error()); };
  keep(host.http().Send(call, {}));
  keep(host.http().Stream(call, {}, sink));
  keep(host.kv().Get(call, "k"));
  keep(host.kv().Put(call, "k", "v", {}));
  keep(host.kv().PutIf(call, "k", {}, "v", {}));
  keep(host.kv().Erase(call, "k"));
  keep(host.kv().Increment(call, "k", 1, {}));
  keep(host.secrets().Seal("p", "c"));
  keep(host.secrets().Open("p", "c"));
  keep(host.secrets().SealDeterministic("p"));
  keep(host.secrets().OpenDeterministic("p"));
  keep(host.secrets().Keep(call, "n", "s", {}));
  keep(host.secrets().Recall(call, "n"));
  keep(host.secrets().Forget(call, "n"));
  keep(host.links().Mint("p", "u", LinkKind::kKey, "", "", {}));
  keep(host.admin().Query("t"));
  keep(host.admin().Reload());
  keep(host.database().Read(call, "s"));
  keep(host.usage().Record(call, {}));
  keep(host.database().Transact(call, [](SqlTransaction&) { return Ok(); }));
  return errors;
}

TEST_F(ServicesTest, PassesAllTenErrorsOfEveryService) {
  for (std::uint32_t code = 1; code <= 10; ++code) {
    fake_.fail = Error{.code = static_cast<Errc>(code),
                       .message = "why",
                       .retry_after = std::chrono::milliseconds(5),
                       .upstream_status = 503};
    auto errors = AllErrors(host_, call_);
    auto declared = host_.metrics().Declare(MetricKind::kGauge, "n", "h", {});
    ASSERT_FALSE(declared);
    errors.push_back(declared.error());

    for (const auto& error : errors) {
      EXPECT_EQ(static_cast<std::uint32_t>(error.code), code);
      EXPECT_EQ(error.message, "why");
      EXPECT_EQ(error.retry_after.count(), 5);
      EXPECT_EQ(error.upstream_status, 503U);
    }
  }
}

TEST_F(ServicesTest, AServiceThatThrowsAnswersInternal) {
  fake_.throws = true;

  for (const auto& error : AllErrors(host_, call_)) {
    EXPECT_EQ(error.code, Errc::kInternal);
    EXPECT_EQ(error.message.rfind("threw in ", 0), 0U) << error.message;
  }
}

TEST_F(ServicesTest, AMissingServiceIsANullObject) {
  const detail::ServiceTables nothing({});
  const Host host(nothing.host());

  for (const auto& error : AllErrors(host, call_)) {
    EXPECT_EQ(error.code, Errc::kUnsupported);
    EXPECT_EQ(error.message.rfind("this server has no sluice.", 0), 0U) << error.message;
  }
  host.Log(LogLevel::kError, "nowhere");
  EXPECT_FALSE(host.log().Enabled(LogLevel::kError));
  auto metric = host.metrics().Declare(MetricKind::kGauge, "n", "h", {});
  ASSERT_TRUE(metric);
  host.metrics().Record(*metric, 1, {});
  EXPECT_LT(std::chrono::system_clock::now() - host.clock().Now(), std::chrono::minutes(1));
  EXPECT_LT(std::chrono::steady_clock::now() - host.clock().Steady(), std::chrono::minutes(1));
  EXPECT_TRUE(host.secrets().Equal("a", "a"));
  EXPECT_FALSE(host.secrets().Equal("a", "b"));
  EXPECT_FALSE(host.secrets().Equal("a", "aa"));
  EXPECT_THROW(host.secrets().Random(16), std::runtime_error);
  EXPECT_THROW(host.secrets().Fingerprint("s"), std::runtime_error);
}

TEST_F(ServicesTest, ATableThatIsTooShortIsAMissingService) {
  sluice_host host = tables_.host();
  static sluice_kv_service shorter;
  shorter = *static_cast<const sluice_kv_service*>(tables_.Find(SLUICE_KV_SERVICE));
  shorter.struct_size = static_cast<std::uint32_t>(detail::kFirstReleaseBytes<sluice_kv_service>) - 8;
  host.service = [](const sluice_host*, sluice_str id) -> const void* {
    return detail::View(id) == SLUICE_KV_SERVICE ? &shorter : nullptr;
  };

  auto value = Host(host).kv().Get(call_, "key");

  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Errc::kUnsupported);
}

TEST_F(ServicesTest, ATableOfTheFirstReleaseLacksWhatCameLater) {
  sluice_host host = tables_.host();
  static sluice_secrets_service secrets;
  secrets = *static_cast<const sluice_secrets_service*>(tables_.Find(SLUICE_SECRETS_SERVICE));
  secrets.struct_size = static_cast<std::uint32_t>(detail::kFirstReleaseBytes<sluice_secrets_service>);
  static sluice_kv_service kv;
  kv = *static_cast<const sluice_kv_service*>(tables_.Find(SLUICE_KV_SERVICE));
  kv.struct_size = static_cast<std::uint32_t>(detail::kFirstReleaseBytes<sluice_kv_service>);
  host.service = [](const sluice_host*, sluice_str id) -> const void* {
    if (detail::View(id) == SLUICE_KV_SERVICE) return &kv;
    return detail::View(id) == SLUICE_SECRETS_SERVICE ? &secrets : nullptr;
  };
  const Host old(host);

  EXPECT_EQ(*old.secrets().Seal("p", "c"), "p/c");
  EXPECT_EQ(old.secrets().SealDeterministic("p").error().code, Errc::kUnsupported);
  EXPECT_EQ(old.secrets().OpenDeterministic("p").error().code, Errc::kUnsupported);
  EXPECT_EQ(old.secrets().Keep(call_, "n", "s", {}).error().code, Errc::kUnsupported);
  EXPECT_EQ(old.secrets().Recall(call_, "n").error().code, Errc::kUnsupported);
  EXPECT_EQ(old.secrets().Forget(call_, "n").error().code, Errc::kUnsupported);
  EXPECT_TRUE(old.kv().Erase(call_, "k"));
  EXPECT_EQ(old.kv().Increment(call_, "k", 1, {}).error().code, Errc::kUnsupported);
}

}  // namespace
}  // namespace sluice::sdk::abi_test
