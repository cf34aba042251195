// SPDX-License-Identifier: MIT
#include "tests/core/pipeline/pipeline_fixture.hpp"

#include <algorithm>
#include <cctype>
#include <mutex>

#include "core/telemetry/log.hpp"

namespace sluice::pipeline::testing {
namespace {

using Kind = config::Step::Kind;

/// What was logged. The relay's threads log too. Threads: [any].
class Captured {
 public:
  void Clear() {
    const std::lock_guard lock(mutex_);
    lines_.clear();
  }
  void Add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
} captured;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::size_t BodySize(const std::string& head) {
  constexpr std::string_view kField = "\r\ncontent-length: ";
  const auto at = head.find(kField);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + kField.size()));
}

Step With(Kind kind, std::vector<InstancePtr> components) {
  return {.config = StepOf(kind), .components = std::move(components), .routes = {}};
}

}  // namespace

Origin::Origin(Answer answer)
    : answer_(std::move(answer)), origin_([this](fakes::FaultyOrigin::Peer& peer) { Serve(peer); }) {}

Origin::Origin(std::string answer) : Origin([answer = std::move(answer)](const Request&) { return answer; }) {}

std::vector<Origin::Request> Origin::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

Origin::Request Origin::last() const {
  const std::lock_guard lock(mutex_);
  EXPECT_FALSE(requests_.empty()) << "the origin was asked nothing";
  return requests_.empty() ? Request() : requests_.back();
}

void Origin::Serve(fakes::FaultyOrigin::Peer& peer) {
  const auto text = peer.ReadHead();
  const auto end = text.find("\r\n");
  if (end == std::string::npos) return;
  Request request{.line = text.substr(0, end), .head = Lower(text.substr(end)), .body = {}};
  request.body = peer.ReadBody(BodySize(request.head));
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  peer.Send(answer_(request));
}

std::string Answered(std::string_view status, std::string_view fields, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nConnection: close\r\n").append(fields);
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return text.append(body);
}

config::Step StepOf(Kind kind) {
  config::Step step;
  step.kind = kind;
  return step;
}

PipelineTest::PipelineTest()
    : secrets_(std::move(*state::Secrets::FromKey(std::string(32, 'k')))),
      client_({.trusted = {"127.0.0.1"}}, registry_),
      database_(state::MakeDatabase("sqlite:" + (state_folder_.path() / "state.db").string())),
      sessions_(session_database_, *secrets_, *bus_, [this] { return std::chrono::system_clock::now() + ahead_; }),
      engine_({.client = client_,
               .small = small_,
               .secrets = *secrets_,
               .relay = relay_,
               .principals = principals_,
               .revocations = revocations_,
               .sessions = sessions_,
               .usage = &usage_}) {
  captured.Clear();
  telemetry::SetLogLevel(telemetry::Level::kDebug);
  telemetry::SetLogSink([](std::string_view line) { captured.Add(line); });
}

PipelineTest::~PipelineTest() {
  telemetry::SetLogSink(nullptr);
  telemetry::SetLogLevel(telemetry::Level::kInfo);
}

Step PipelineTest::Authenticate(std::vector<InstancePtr> backends, Presented how) {
  auto step = With(Kind::kAuthenticate, std::move(backends));
  step.config.authenticate.authorization = how.authorization;
  step.config.authenticate.headers = std::move(how.headers);
  step.config.authenticate.query = std::move(how.query);
  return step;
}

Step PipelineTest::Resolve(InstancePtr component, Wanted what) {
  auto step = With(Kind::kResolve, {std::move(component)});
  step.config.resolve.item = std::move(what.item);
  step.config.resolve.file = std::move(what.file);
  return step;
}

Step PipelineTest::Fetch(config::FetchStep how) {
  auto step = With(Kind::kFetch, {});
  step.config.fetch = how;
  return step;
}

Step PipelineTest::Rewrite(std::vector<InstancePtr> rewriters, std::uint64_t max_size) {
  auto step = With(Kind::kRewrite, std::move(rewriters));
  step.config.rewrite.max_size = max_size;
  return step;
}

Step PipelineTest::Serve(const InstancePtr& endpoint) {
  auto step = With(Kind::kServe, {endpoint});
  for (auto& route : endpoint->As<sdk::Endpoint>()->Routes()) {
    std::string error;
    auto path = config::PathTemplate::Parse(route.path_template, error);
    EXPECT_EQ(error, "");
    if (path) step.routes.push_back({std::move(route), std::move(*path)});
  }
  return step;
}

Step PipelineTest::Filter(InstancePtr filter) { return With(Kind::kFilter, {std::move(filter)}); }

Step PipelineTest::Otherwise(config::OnError on_error, Step step) {
  step.config.on_error = on_error;
  return step;
}

Step PipelineTest::Say(const std::string& text) {
  return Serve(EndpointBy({{.method = "GET", .path_template = "/**"}},
                          [text](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                                 sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                            if (auto started = out.Start(200, {}); !started) return std::move(started).error();
                            if (auto sent = out.Write(sdk::AsBytes(text)); !sent) return std::move(sent).error();
                            return std::optional<sdk::Source>{};
                          }));
}

Pipeline& PipelineTest::Add(std::string name, Where where, std::vector<Step> steps) {
  std::string error;
  auto path = config::PathTemplate::Parse(where.path, error);
  EXPECT_EQ(error, "");
  Pipeline pipeline{.config = {},
                    .path = path.value_or(config::PathTemplate()),
                    .steps = std::move(steps),
                    .max_body_bytes = 1024,
                    .metrics = metrics_.Of(name)};
  pipeline.config.name = std::move(name);
  auto& match = pipeline.config.match;
  match.listeners = std::move(where.listeners);
  match.hosts = std::move(where.hosts);
  match.path = std::move(where.path);
  match.methods = std::move(where.methods);
  return pipelines_.emplace_back(std::move(pipeline));
}

std::shared_ptr<const Snapshot> PipelineTest::Use() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->config = config_;
  snapshot->components = components_;
  snapshot->pipelines = pipelines_;
  snapshot->link_folders = LinkFolders(config_);
  snapshot->unserved = metrics_.Of(std::string(kNoPipeline));
  engine_.Swap(snapshot);
  return snapshot;
}

FakeExchange& PipelineTest::Ask(Asked asked) {
  Use();
  auto& exchange = *exchanges_.emplace_back(std::make_unique<FakeExchange>(std::move(asked)));
  engine_.Handle(exchange);
  return exchange;
}

std::string PipelineTest::Link(Target target) const {
  const auto link =
      state::MintLink(*secrets_, {.pipeline = std::move(target.pipeline),
                                  .subject = std::move(target.subject),
                                  .scopes = std::move(target.scopes),
                                  .context = std::move(target.context),
                                  .url = std::move(target.url),
                                  .kind = target.kind,
                                  .expires_at = state::LinkExpiry(std::chrono::system_clock::now(), target.ttl),
                                  .note = std::move(target.note),
                                  .home = std::move(target.home),
                                  .backend = std::move(target.backend),
                                  .session = std::move(target.session)});
  EXPECT_TRUE(link);
  return link ? *link : std::string();
}

std::vector<std::string> PipelineTest::log() { return captured.lines(); }

}  // namespace sluice::pipeline::testing
