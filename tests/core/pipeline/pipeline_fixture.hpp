// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the pipeline tests share: an engine over pipelines of fake components, an origin, captured logs, read metrics.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/pipeline/engine.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/relay/relay.hpp"
#include "core/state/bus.hpp"
#include "core/state/database.hpp"
#include "core/state/secrets.hpp"
#include "core/state/sessions.hpp"
#include "core/state/usage_outbox.hpp"
#include "core/upstream/client.hpp"
#include "core/upstream/pacer.hpp"
#include "core/upstream/small_cache.hpp"
#include "tests/core/pipeline/fake_components.hpp"
#include "tests/core/pipeline/fake_exchange.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/metric.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {

/// An HTTP origin that answers by a function of the request and remembers what it was asked. One request a connection.
class Origin {
 public:
  struct Request {
    std::string line;  ///< "GET /path HTTP/1.1"
    std::string head;  ///< Lower case, request line left out.
    std::string body;
    bool Has(std::string_view field) const { return head.find("\r\n" + std::string(field) + ":") != std::string::npos; }
  };
  using Answer = std::function<std::string(const Request&)>;

  explicit Origin(Answer answer);
  /// The same answer to everything.
  explicit Origin(std::string answer);

  /// "http://127.0.0.1:port" + path
  std::string Url(std::string_view path) const { return origin_.url() + std::string(path); }
  std::vector<Request> requests() const;
  /// The last of them. Fails the test when there is none.
  Request last() const;

 private:
  void Serve(fakes::FaultyOrigin::Peer& peer);

  const Answer answer_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  fakes::FaultyOrigin origin_;
};

/// A whole answer: status line, `fields` (each ending in CRLF), Content-Length, body.
std::string Answered(std::string_view status, std::string_view fields, std::string_view body);

config::Step StepOf(config::Step::Kind kind);

// What a test says of a configuration's parts; the rest is as a file that does not say it.
struct Where {
  std::vector<std::string> listeners = {};
  std::vector<std::string> hosts = {};
  std::string path = "/**";
  std::vector<std::string> methods = {};
};
struct Presented {
  bool authorization = true;
  std::vector<std::string> headers = {};
  std::vector<std::string> query = {"token"};
};
struct Wanted {
  std::string item = {};
  std::string file = {};
};
struct Target {
  std::string pipeline = "p";
  std::string subject = {};
  std::vector<std::string> scopes = {};
  std::string context = {};
  std::string url = "http://127.0.0.1:1/";
  sdk::LinkKind kind = sdk::LinkKind::kSegment;
  std::chrono::hours ttl{1};
  std::string note = {};
  std::string home = {};
  std::string backend = {};
  std::string session = {};
};

/// Time that a test sets.
class SetPacer final : public upstream::Pacer {
 public:
  explicit SetPacer(const upstream::Clock::time_point& now) : now_(now) {}
  upstream::Clock::time_point Now() override { return now_; }

 private:
  const upstream::Clock::time_point& now_;
};

/// Another's, for as long as it is not away.
class DatabaseThatGoes final : public state::Database {
 public:
  explicit DatabaseThatGoes(state::Database& database) : database_(database) {}
  using Database::Read;
  sdk::Result<sdk::SqlResult> Read(const sdk::Call& call, std::string_view sql,
                                   std::span<const sdk::SqlParam> params) override {
    return away ? Away() : database_.Read(call, sql, params);
  }
  sdk::Status Change(const sdk::Call& call, const Work& work) override {
    return away ? Away() : database_.Change(call, work);
  }
  const std::string& name() const override { return database_.name(); }
  bool is_local() const override { return database_.is_local(); }

  std::atomic<bool> away{false};

 private:
  static sdk::Error Away() { return {.code = sdk::Errc::kUpstreamFailed, .message = "planted.db.example is away"}; }
  state::Database& database_;
};

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest();
  ~PipelineTest() override;

  static Step Authenticate(std::vector<InstancePtr> backends, Presented how = {});
  static Step Resolve(InstancePtr component, Wanted what = {});
  static Step Fetch(config::FetchStep how = {});
  static Step Rewrite(std::vector<InstancePtr> rewriters, std::uint64_t max_size = 1024 * 1024);
  static Step Serve(const InstancePtr& endpoint);
  static Step Filter(InstancePtr filter);
  static Step Otherwise(config::OnError on_error, Step step);
  /// An endpoint that says `text` to everything.
  static Step Say(const std::string& text);

  static constexpr std::size_t kSmallBytes = 10'000;

  /// Puts a pipeline behind those that are there.
  Pipeline& Add(std::string name, Where where, std::vector<Step> steps);
  Pipeline& Add(std::vector<Step> steps) { return Add("p", {}, std::move(steps)); }
  /// What the engine serves from now on: the pipelines added so far.
  std::shared_ptr<const Snapshot> Use();

  /// Serves one request, by all the pipelines added so far.
  FakeExchange& Ask(Asked asked);
  FakeExchange& Get(std::string target, std::vector<sdk::Header> headers = {}) {
    return Ask({.target = std::move(target), .headers = std::move(headers)});
  }

  /// Path of a link.
  std::string Link(Target target) const;

  /// Sum of the series of that name that have all of `labels`: values, or counts of histograms.
  double Metric(const std::string& name, const sluice::testing::Labels& labels = {}) const {
    return sluice::testing::Metric(registry_, name, labels);
  }
  static std::vector<std::string> log();

  prometheus::Registry registry_;
  Metrics metrics_{registry_};
  std::unique_ptr<state::Secrets> secrets_;
  upstream::Client client_;
  upstream::Clock::time_point now_ = upstream::Clock::now();  ///< What the cache of small things takes for it.
  upstream::SmallCache small_{client_, registry_, kSmallBytes, std::make_unique<SetPacer>(now_)};
  fakes::TempFolder state_folder_;
  const std::unique_ptr<state::Database> database_;
  state::UsageOutbox usage_{*database_, registry_, {}};
  DatabaseThatGoes session_database_{*database_};
  const std::unique_ptr<state::Bus> bus_ = state::MakeMemoryBus();
  std::chrono::seconds ahead_{};  ///< Of now, what sessions take for it.
  state::Sessions sessions_;
  Principals principals_;
  Revocations revocations_;
  relay::Relay relay_{{.threads = 1}};
  Engine engine_;
  config::Config config_;
  std::vector<Pipeline> pipelines_;
  std::map<std::string, Component> components_;
  std::vector<std::unique_ptr<FakeExchange>> exchanges_;
};

}  // namespace sluice::pipeline::testing
