// SPDX-License-Identifier: MIT
#include "core/state/secret_store.hpp"

#include <gtest/gtest.h>

#include "core/state/kv.hpp"
#include "core/state/secrets.hpp"

namespace sluice::state {
namespace {

using std::chrono::seconds;

class SecretStoreTest : public ::testing::Test {
 protected:
  std::chrono::steady_clock::time_point now_{seconds(1000)};
  std::unique_ptr<KvStore> kv_ = MakeMemoryKv(1 << 20U, [this] { return now_; });
  std::unique_ptr<Secrets> secrets_ = *Secrets::FromKey(std::string(32, 'k'));
  SecretStore store_{*kv_, *secrets_};
};

TEST_F(SecretStoreTest, GivesBackWhatItKeeps) {
  ASSERT_TRUE(store_.Keep("a", std::string("s\0\xff", 3), seconds(0)));
  ASSERT_TRUE(store_.Keep("a", "newer", seconds(0)));

  EXPECT_EQ(*store_.Recall("a"), "newer");
  EXPECT_EQ(*store_.Recall("b"), std::nullopt);
  ASSERT_TRUE(store_.Forget("a"));
  ASSERT_TRUE(store_.Forget("a"));
  EXPECT_EQ(*store_.Recall("a"), std::nullopt);
}

TEST_F(SecretStoreTest, ForgetsWhatHasRunOut) {
  ASSERT_TRUE(store_.Keep("a", "secret", seconds(10)));

  now_ += seconds(9);
  EXPECT_EQ(*store_.Recall("a"), "secret");
  now_ += seconds(1);
  EXPECT_EQ(*store_.Recall("a"), std::nullopt);
  EXPECT_EQ(*kv_->Get("secret/a"), std::nullopt) << "it is purged";
}

TEST_F(SecretStoreTest, ShowsTheStoreNoSecret) {
  ASSERT_TRUE(store_.Keep("a", "planted-secret", seconds(0)));

  const auto held = *kv_->Get("secret/a");

  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->find("planted"), std::string::npos);
}

TEST_F(SecretStoreTest, TakesNoSecretForAnother) {
  ASSERT_TRUE(store_.Keep("a", "secret", seconds(0)));
  ASSERT_TRUE(kv_->Put("secret/b", **kv_->Get("secret/a"), seconds(0)));
  const auto other_key = *Secrets::FromKey(std::string(32, 'x'));

  EXPECT_EQ(*store_.Recall("b"), std::nullopt);
  EXPECT_EQ(*SecretStore(*kv_, *other_key).Recall("a"), std::nullopt);
}

TEST_F(SecretStoreTest, IsBounded) {
  const auto code = [](const sdk::Status& status) { return status.error().code; };

  EXPECT_EQ(code(store_.Keep("", "s", seconds(0))), sdk::Errc::kInvalidArgument);
  EXPECT_EQ(code(store_.Keep(std::string(257, 'n'), "s", seconds(0))), sdk::Errc::kInvalidArgument);
  EXPECT_EQ(code(store_.Keep("n", std::string(64 * 1024 + 1, 's'), seconds(0))), sdk::Errc::kInvalidArgument);
  EXPECT_EQ(code(store_.Keep("n", "s", seconds(-1))), sdk::Errc::kInvalidArgument);
  EXPECT_EQ(store_.Recall("").error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(code(store_.Forget("")), sdk::Errc::kInvalidArgument);
}

}  // namespace
}  // namespace sluice::state
