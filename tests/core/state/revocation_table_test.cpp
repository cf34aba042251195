// SPDX-License-Identifier: MIT
#include "core/state/revocation_table.hpp"

#include <gmock/gmock.h>

#include "tests/core/state/engines.hpp"

namespace sluice::state {
namespace {

using namespace std::chrono_literals;
using ::testing::UnorderedElementsAre;

class RevocationTableTest : public EachEngine {
 protected:
  std::vector<std::string> Kept(RevocationTable& table) {
    const auto loaded = table.Load(TestCall());
    EXPECT_TRUE(loaded) << loaded.error().message;
    std::vector<std::string> names;
    for (const auto& one : *loaded) names.push_back(one.backend + "/" + one.subject);
    return names;
  }
  const std::chrono::system_clock::time_point now_ = std::chrono::system_clock::now();
  RevocationTable table_{*database_};
};

TEST_P(RevocationTableTest, KeepsThemForTheNextServer) {
  ASSERT_TRUE(table_.Keep(TestCall(), {.backend = "pool", .subject = "ann", .until = now_ + 1h}));
  ASSERT_TRUE(table_.Keep(TestCall(), {.backend = "pool", .subject = "ann", .until = now_ + 2h}));
  ASSERT_TRUE(table_.Keep(TestCall(), {.backend = "token", .subject = "ann", .until = now_ + 1h}));

  const auto other = Other();
  RevocationTable next(*other);
  EXPECT_THAT(Kept(next), UnorderedElementsAre("pool/ann", "token/ann"));
  const auto loaded = next.Load(TestCall());
  ASSERT_TRUE(loaded);
  for (const auto& one : *loaded) {
    if (one.backend != "pool") continue;
    EXPECT_EQ(std::chrono::floor<std::chrono::milliseconds>(now_ + 2h), one.until);
  }
  ASSERT_TRUE(next.Drop(TestCall(), "pool", "ann"));
  ASSERT_TRUE(next.Drop(TestCall(), "pool", "nobody"));
  EXPECT_THAT(Kept(table_), UnorderedElementsAre("token/ann"));
}

TEST_P(RevocationTableTest, DropsThoseThatAreOver) {
  ASSERT_TRUE(table_.Keep(TestCall(), {.backend = "pool", .subject = "ann", .until = now_ - 1ms}));
  ASSERT_TRUE(table_.Keep(TestCall(), {.backend = "pool", .subject = "bob", .until = now_ + 1h}));

  EXPECT_THAT(Kept(table_), UnorderedElementsAre("pool/bob"));
  EXPECT_EQ(Read("SELECT count(*) FROM sluice_revocations").rows[0][0].integer, 1);
}

INSTANTIATE_TEST_SUITE_P(State, RevocationTableTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

}  // namespace
}  // namespace sluice::state
