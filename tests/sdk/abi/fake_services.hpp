// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeServices: a host's services that write down what they are asked.

#include <sluice/sdk/host.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/sdk/abi/fakes.hpp"

namespace sluice::sdk::abi_test {

/// Every service in one: writes what it saw, answers from a script.
struct FakeServices final : LogService,
                            MetricsService,
                            HttpService,
                            KvService,
                            ClockService,
                            SecretsService,
                            LinksService,
                            AdminService,
                            DatabaseService,
                            SqlTransaction,
                            UsageService {
  virtual ~FakeServices() = default;

  bool Enabled(LogLevel level) const noexcept override { return level >= LogLevel::kInfo; }
  void Write(LogLevel level, std::string_view message, std::span<const Field> fields) noexcept override {
    seen << static_cast<unsigned>(level) << ' ' << message;
    ShowFields(seen, fields);
  }
  Result<Id> Declare(MetricKind kind, std::string_view name, std::string_view help,
                     std::span<const std::string_view> labels) override {
    if (auto error = Enter("declare")) return *error;
    seen << static_cast<unsigned>(kind) << ' ' << name << ' ' << help;
    for (const auto label : labels) seen << ' ' << label;
    return Id{77};
  }
  void Record(Id metric, double value, std::span<const std::string_view> values) noexcept override {
    seen << metric << ' ' << value;
    for (const auto text : values) seen << ' ' << text;
  }
  Result<HttpResponse> Send(const Call& call, const HttpRequest& request) override {
    if (auto error = Enter("send")) return *error;
    Saw(call, request);
    return response;
  }
  Status Stream(const Call& call, const HttpRequest& request, HttpSink& sink) override {
    if (auto error = Enter("stream")) return *error;
    Saw(call, request);
    if (auto started = sink.Start(response); !started) return started;
    for (int i = 0; i < 3; ++i)
      if (auto wrote = sink.Write(AsBytes("chunk")); !wrote) return wrote;
    return Ok();
  }
  Result<std::optional<std::string>> Get(const Call&, std::string_view key) override {
    if (auto error = Enter("get")) return *error;
    seen << key;
    if (key == "none") return std::optional<std::string>();
    return std::optional<std::string>(key == "empty" ? "" : std::string("v\0\xFF", 3));
  }
  Status Put(const Call&, std::string_view key, std::string_view value, std::chrono::seconds ttl) override {
    if (auto error = Enter("put")) return *error;
    seen << key << '=' << value << ' ' << ttl.count();
    return Ok();
  }
  Result<bool> PutIf(const Call&, std::string_view key, std::optional<std::string_view> expected,
                     std::string_view value, std::chrono::seconds ttl) override {
    if (auto error = Enter("put_if")) return *error;
    seen << key << ' ' << (expected ? "\"" + std::string(*expected) + "\"" : "none") << ' ' << value << ' '
         << ttl.count();
    return !expected;
  }
  Status Erase(const Call&, std::string_view key) override {
    if (auto error = Enter("erase")) return *error;
    seen << key;
    return Ok();
  }
  Result<std::int64_t> Increment(const Call&, std::string_view key, std::int64_t by,
                                 std::chrono::seconds ttl) override {
    if (auto error = Enter("increment")) return *error;
    seen << key << ' ' << by << ' ' << ttl.count();
    return std::numeric_limits<std::int64_t>::max();
  }
  std::chrono::system_clock::time_point Now() const noexcept override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  }
  std::chrono::steady_clock::time_point Steady() const noexcept override {
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(123));
  }
  Result<std::string> Seal(std::string_view plaintext, std::string_view context) override {
    if (auto error = Enter("seal")) return *error;
    return std::string(plaintext) + "/" + std::string(context);
  }
  Result<std::string> Open(std::string_view sealed, std::string_view context) override {
    if (auto error = Enter("open")) return *error;
    return std::string(sealed) + "\\" + std::string(context);
  }
  bool Equal(std::string_view a, std::string_view b) const noexcept override { return a == b; }
  std::string Fingerprint(std::string_view secret) override {
    if (throws) throw std::runtime_error("no key");
    return "f(" + std::string(secret) + ")";
  }
  std::string Random(std::size_t size) override { return std::string(size, 'r'); }
  Result<std::string> SealDeterministic(std::string_view plaintext) override {
    if (auto error = Enter("seal_deterministic")) return *error;
    return "=" + std::string(plaintext);
  }
  Result<std::string> OpenDeterministic(std::string_view sealed) override {
    if (auto error = Enter("open_deterministic")) return *error;
    return std::string(sealed) + "=";
  }
  Status Keep(const Call&, std::string_view name, std::string_view secret, std::chrono::seconds ttl) override {
    if (auto error = Enter("keep")) return *error;
    seen << name << '=' << secret << ' ' << ttl.count();
    return Ok();
  }
  Result<std::optional<std::string>> Recall(const Call&, std::string_view name) override {
    if (auto error = Enter("recall")) return *error;
    seen << name;
    if (name == "none") return std::optional<std::string>();
    return std::optional<std::string>(name == "empty" ? "" : "kept");
  }
  Status Forget(const Call&, std::string_view name) override {
    if (auto error = Enter("forget")) return *error;
    seen << name;
    return Ok();
  }
  std::string KeyId() override { return "k1"; }
  Result<std::string> Mint(std::string_view pipeline, std::string_view url, LinkKind kind, std::string_view context,
                           std::string_view subject, std::chrono::seconds ttl) override {
    if (auto error = Enter("mint")) return *error;
    seen << pipeline << ' ' << url << ' ' << static_cast<unsigned>(kind) << ' ' << context << ' ' << subject << ' '
         << ttl.count();
    return std::string("/l/1");
  }
  Result<std::string> Query(std::string_view topic) override {
    if (auto error = Enter("query")) return *error;
    return std::string(topic);
  }
  Status Reload() override {
    if (auto error = Enter("reload")) return *error;
    return Ok();
  }

  Status Record(const Call&, const Usage& usage) override {
    if (auto error = Enter("record")) return *error;
    seen << usage.backend << ' ' << usage.subject << ' ' << usage.key_id << ' ' << usage.action << ' ' << usage.hash
         << ' ' << usage.cached << ' ' << usage.bytes;
    return Ok();
  }
  using DatabaseService::Read;
  using SqlTransaction::Run;
  Result<SqlResult> Read(const Call&, std::string_view sql, std::span<const SqlParam> params) override {
    if (auto error = Enter("read")) return *error;
    Saw(sql, params);
    return SqlResult{.rows = rows};
  }
  Result<SqlResult> Run(std::string_view sql, std::span<const SqlParam> params) override {
    if (auto error = Enter("run")) return *error;
    Saw(sql, params);
    return SqlResult{.rows = rows, .changed = 3};
  }
  Status Transact(const Call&, const SqlWork& work) override {
    if (auto error = Enter("transact")) return *error;
    if (auto done = work(*this); !done) return done;
    seen << " committed";
    return Ok();
  }
  void Saw(std::string_view sql, std::span<const SqlParam> params) {
    seen << sql;
    for (const auto& param : params) {
      seen << " [" << static_cast<unsigned>(param.type()) << ' ' << param.integer() << ' ' << param.real() << ' '
           << param.text() << ']';
    }
  }

  std::optional<Error> Enter(std::string_view method) {
    entered = method;
    if (throws) throw std::runtime_error("threw in " + std::string(method));
    return fail;
  }
  void Saw(const Call& call, const HttpRequest& r) {
    seen << call.request_id() << ' ' << r.method << ' ' << r.url << ' ' << r.body << ' ' << r.timeout.count() << ' '
         << r.max_redirects << ' ' << r.max_body_bytes;
    ShowFields(seen, r.headers);
  }

  std::ostringstream seen;
  std::string entered;
  std::optional<Error> fail;
  bool throws = false;
  std::vector<SqlRow> rows{};
  HttpResponse response{.status = 404, .url = "https://o.example/", .headers = {{"A", "b"}}, .body = "body"};
};

}  // namespace sluice::sdk::abi_test
