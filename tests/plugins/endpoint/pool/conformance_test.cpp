// SPDX-License-Identifier: MIT
#include <sluice/sdk/testing/conformance_endpoint.hpp>

#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

/// A grant out of a database of its own.
struct PoolFixture : sdk::testing::EndpointFixture {
  PoolFixture() {
    config = std::string_view(R"({"internal_api_key": "the-internal-key-of-this-very-test", "check_hours": 0})");
    request = TestRequest("POST", "/get-key").Header("Authorization", "Bearer " + std::string(kInternalKey));
    body = R"({"userId":"anna","deviceId":"phone"})";
    secrets = {kInternalKey, kPlanted};
  }
  void Prepare(sdk::testing::FakeHost& host) override {
    host.database.Use(&tables);
    const auto sealed = host.secrets.Seal(kPlanted, "k1");
    ASSERT_TRUE(sealed);
    const auto done = tables.Transact(AnyCall(), [&](sdk::SqlTransaction& transaction) -> sdk::Status {
      auto user = transaction.Run("INSERT INTO {users} VALUES ('anna', 'Anna', 0, NULL, 1, 'x')");
      if (!user) return std::move(user).error();
      auto key = transaction.Run("INSERT INTO {keys} VALUES ('k1', 'torbox', '', $1, '', 'active', '', NULL, 1, 0)",
                                 {sdk::SqlParam::Bytes(*sealed)});
      return key ? sdk::Ok() : sdk::Status(std::move(key).error());
    });
    ASSERT_TRUE(done) << done.error().message;
  }

  fakes::TempFolder folder;
  const std::unique_ptr<state::Database> database =
      state::MakeDatabase("sqlite:" + (folder.path() / "test.db").string());
  plugin::InstanceDatabase tables{*database, "endpoint", "pool", {std::begin(kMigrations), std::end(kMigrations)}};
};
SLUICE_ENDPOINT_CONFORMANCE(Pool, PoolFixture);

}  // namespace
}  // namespace sluice::plugins::pool
