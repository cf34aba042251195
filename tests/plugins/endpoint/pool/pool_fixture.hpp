// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PoolTest: a pool through the ABI, on the server's own database of either engine.

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/json.hpp>
#include <sluice/sdk/testing/sinks.hpp>
#include <string>
#include <vector>

#include "core/plugin/instance_database.hpp"
#include "plugins/endpoint/pool/pool.hpp"
#include "tests/core/state/engines.hpp"
#include "tests/plugins/endpoint/routes.hpp"

namespace sluice::plugins::pool {

using sdk::testing::AnyCall;
using sdk::testing::RecordedResponse;
using sdk::testing::TestRequest;
using ::testing::HasSubstr;
using ::testing::Not;

inline constexpr auto kInternalKey = "the-internal-key-of-this-very-test";
inline constexpr auto kNextKey = "another-internal-key-of-this-test!";
inline constexpr auto kPlanted = "5ec7e75e-c7e7-4ec7-8ec7-e75ec7e75ec7";  ///< A pool key that must not show.

/// An instance of the pool as a process of its own has it.
struct Node {
  Node(state::Database& database, std::string_view more = {})
      : tables(database, "endpoint", "pool", {std::begin(kMigrations), std::end(kMigrations)}) {
    host.database.Use(&tables);
    // Keys are not checked by themselves, unless a test wants it.
    const std::string_view checks = more.find("check_hours") == std::string_view::npos ? R"(, "check_hours": 0)" : "";
    const bool has_key = more.find("\"internal_api_key\"") != std::string_view::npos;
    const auto key = R"("internal_api_key": ")" + std::string(kInternalKey) + "\"";
    const std::string config = "{" + (has_key ? std::string() : key) + std::string(more) + std::string(checks) + "}";
    auto made = sdk::testing::CreateThroughAbi<Pool>(std::string_view(config), host, "pool");
    EXPECT_TRUE(made) << made.error().message;
    if (made) endpoint.emplace(*std::move(made));
  }

  struct Answer {
    int status = 0;      ///< 0: an error was answered, which core makes a response of.
    std::string body{};  ///< Or the error's message.
    std::optional<sdk::Errc> code{};
    std::vector<sdk::Header> headers{};

    std::string header(std::string_view name) const { return std::string(sdk::FieldValue(headers, name)); }
    sdk::testing::Json json() const {
      auto parsed = sdk::testing::Json::Parse(body);
      EXPECT_TRUE(parsed) << body;
      return parsed ? *parsed : sdk::testing::Json();
    }
    std::string Text(std::string_view pointer) const {
      const auto parsed = json();
      const auto* const found = parsed.Find(pointer);
      return found == nullptr ? "(absent)" : found->is(SLUICE_CONFIG_STRING) ? found->text() : found->Dump();
    }
  };

  /// \param target  as the routes of the pool are written, with its query.
  Answer Ask(const std::string& method, const std::string& target, std::string_view body = {},
             std::vector<sdk::Header> headers = {}) {
    return AskFor(AnyCall(), method, target, body, std::move(headers));
  }
  Answer AskFor(const sdk::Call& call, const std::string& method, const std::string& target, std::string_view body = {},
                std::vector<sdk::Header> headers = {}) {
    RecordedResponse response;
    return AskInto(response, call, method, target, body, std::move(headers));
  }
  Answer AskInto(sdk::ResponseWriter& response, const sdk::Call& call, const std::string& method,
                 const std::string& target, std::string_view body, std::vector<sdk::Header> headers) {
    TestRequest request(method, target);
    for (auto& header : headers) request.Header(header.name, header.value);
    const auto route = RouteOf(**endpoint, method, target.substr(0, target.find('?')), request);
    if (!route) return {.body = "no route for " + method + " " + target};
    const auto answer = (*endpoint)->Handle(call, *route, request.head(), sdk::AsBytes(body), response);
    Answer out;
    if (!answer) return {.body = answer.error().message, .code = answer.error().code};
    if (auto* const recorded = dynamic_cast<RecordedResponse*>(&response)) {
      out = {.status = recorded->status, .body = recorded->body, .headers = recorded->headers};
    }
    return out;
  }
  /// As an instance that shows the internal key.
  Answer Internal(const std::string& method, const std::string& target, std::string_view body = {},
                  std::vector<sdk::Header> headers = {}) {
    headers.push_back({"Authorization", "Bearer " + std::string(kInternalKey)});
    return Ask(method, target, body, std::move(headers));
  }
  Answer GetKey(const std::string& user, const std::string& device, const std::string& more = {}) {
    return Internal(
        "POST", "/get-key",
        R"({"userId":")" + user + R"(","deviceId":")" + device + R"(","action":"init","hash":"")" + more + "}");
  }

  sdk::testing::FakeHost host;
  plugin::InstanceDatabase tables;
  std::optional<sdk::testing::ThroughAbi<sdk::Endpoint>> endpoint;
};

class PoolTest : public state::EachEngine {
 protected:
  explicit PoolTest(std::string_view config = {}) : node_(*database_, config) {}

  void TearDown() override {
    for (const auto& method : (*node_.endpoint).violations())
      ADD_FAILURE() << method << " broke a rule of the boundary";
  }

  /// A statement on the pool's tables, around its API.
  void Run(std::string_view sql, std::initializer_list<sdk::SqlParam> params = {}) {
    const auto done = node_.tables.Transact(AnyCall(), [&](sdk::SqlTransaction& transaction) -> sdk::Status {
      auto result = transaction.Run(sql, params);
      return result ? sdk::Ok() : sdk::Status(std::move(result).error());
    });
    ASSERT_TRUE(done) << done.error().message;
  }
  std::int64_t Count(const std::string& of) {
    const auto result = node_.tables.Read(AnyCall(), "SELECT count(*) FROM " + of);
    EXPECT_TRUE(result) << result.error().message;
    return result ? result->rows[0][0].integer : -1;
  }
  std::string Value(std::string_view sql, std::initializer_list<sdk::SqlParam> params = {}) {
    const auto result =
        node_.tables.Read(AnyCall(), sql, std::span<const sdk::SqlParam>(params.begin(), params.size()));
    EXPECT_TRUE(result) << result.error().message;
    if (!result || result->rows.empty()) return "(none)";
    const auto& value = result->rows[0][0];
    if (value.type == sdk::SqlType::kInteger) return std::to_string(value.integer);
    return value.type == sdk::SqlType::kNull ? "(null)" : value.text;
  }
  void AddUser(const std::string& id) { Run("INSERT INTO {users} VALUES ($1, $1, 0, NULL, 1, $1)", {id}); }
  void AddKey(const std::string& id, const std::string& secret, std::int64_t created_at = 1,
              const std::string& store = "torbox") {
    const auto sealed = node_.host.secrets.Seal(secret, id);
    ASSERT_TRUE(sealed);
    Run("INSERT INTO {keys} VALUES ($1, $2, $1, $3, $4, 'active', '', NULL, $5, 0)",
        {id, store, sdk::SqlParam::Bytes(*sealed), node_.host.secrets.KeyId(), created_at});
  }

  Node node_;
};

}  // namespace sluice::plugins::pool
