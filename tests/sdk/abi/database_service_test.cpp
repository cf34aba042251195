// SPDX-License-Identifier: MIT
#include <stdexcept>

#include "tests/sdk/abi/services_fixture.hpp"

namespace sluice::sdk::abi_test {
namespace {

using DatabaseServiceTest = ServicesTest;

TEST_F(DatabaseServiceTest, PassesStatementsAndRows) {
  const std::string octets("\0\xff", 2);
  fake_.rows = {{{.type = SqlType::kInteger, .integer = -5}, {.type = SqlType::kReal, .real = 0.5}},
                {{}, {.type = SqlType::kText, .text = "t"}, {.type = SqlType::kBytes, .text = octets}}};

  const auto read = host_.database().Read(call_, "SELECT", {7, 2.5, "text", SqlParam::Bytes("b"), nullptr});

  ASSERT_TRUE(read);
  EXPECT_EQ(Seen(), "SELECT [1 7 0 ] [2 0 2.5 ] [3 0 0 text] [4 0 0 b] [0 0 0 ]");
  ASSERT_EQ(read->rows.size(), 2U);
  EXPECT_EQ(read->rows[0][0].integer, -5);
  EXPECT_EQ(read->rows[0][1].real, 0.5);
  EXPECT_EQ(read->rows[1][0].type, SqlType::kNull);
  EXPECT_EQ(read->rows[1][1].text, "t");
  EXPECT_EQ(read->rows[1][2].type, SqlType::kBytes);
  EXPECT_EQ(read->rows[1][2].text, octets);
}

TEST_F(DatabaseServiceTest, PassesTransactions) {
  const auto done = host_.database().Transact(call_, [](SqlTransaction& transaction) -> Status {
    const auto result = transaction.Run("UPDATE", {std::optional<std::int64_t>(), std::optional<std::string>("x")});
    if (!result) return result.error();
    EXPECT_EQ(result->changed, 3U);
    return Ok();
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(Seen(), "UPDATE [0 0 0 ] [3 0 0 x] committed");

  const auto given_up = host_.database().Transact(
      call_, [](SqlTransaction&) -> Status { return Error{.code = Errc::kPermissionDenied, .message = "no"}; });
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, Errc::kPermissionDenied);
  EXPECT_EQ(given_up.error().message, "no");
  const auto thrown = host_.database().Transact(
      call_, [](SqlTransaction&) -> Status { throw std::runtime_error("threw in the work"); });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code, Errc::kInternal);
  EXPECT_EQ(thrown.error().message, "threw in the work");
  EXPECT_EQ(Seen(), "");
}

TEST_F(DatabaseServiceTest, AStatementThatFailsInATransactionSaysWhy) {
  const auto done = host_.database().Transact(call_, [&](SqlTransaction& transaction) -> Status {
    fake_.fail = Error{.code = Errc::kUpstreamFailed, .message = "full"};
    auto result = transaction.Run("UPDATE");
    fake_.fail = std::nullopt;
    return result ? Ok() : Status(std::move(result).error());
  });

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kUpstreamFailed);
  EXPECT_EQ(done.error().message, "full");
}

}  // namespace
}  // namespace sluice::sdk::abi_test
