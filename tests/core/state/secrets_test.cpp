// SPDX-License-Identifier: MIT
#include "core/state/secrets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sluice/sdk/base64.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace sluice::state {
namespace {

const std::string kKey(32, 'k');

std::unique_ptr<Secrets> Make(const std::string& key = kKey) { return std::move(*Secrets::FromKey(key)); }

TEST(SecretsTest, OpensWhatItSealed) {
  const auto secrets = Make();
  const auto sealed = secrets->Seal("purpose", "plain", "context");
  ASSERT_TRUE(sealed);

  EXPECT_EQ(*secrets->Open("purpose", *sealed, "context"), "plain");
  EXPECT_EQ(sealed->find("plain"), std::string::npos);
}

TEST(SecretsTest, SealsTheSameTextDifferentlyEachTime) {
  const auto secrets = Make();

  EXPECT_NE(*secrets->Seal("p", "plain", ""), *secrets->Seal("p", "plain", ""));
}

TEST(SecretsTest, RefusesAnotherPurposeContextKeyOrAnyChangedOctet) {
  const auto secrets = Make();
  const auto sealed = *secrets->Seal("purpose", "plain", "context");

  EXPECT_FALSE(secrets->Open("other", sealed, "context"));
  EXPECT_FALSE(secrets->Open("purpose", sealed, "other"));
  EXPECT_FALSE(Make(std::string(32, 'x'))->Open("purpose", sealed, "context"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(secrets->Open("purpose", changed, "context")) << i;
    EXPECT_FALSE(secrets->Open("purpose", sealed.substr(0, i), "context")) << i;
  }
}

TEST(SecretsTest, DeterministicSealingRepeatsAndAuthenticates) {
  const auto secrets = Make();
  const auto sealed = *secrets->SealDeterministic("p", "plain");

  EXPECT_EQ(sealed, *secrets->SealDeterministic("p", "plain"));
  EXPECT_NE(sealed, *secrets->SealDeterministic("q", "plain"));
  EXPECT_EQ(*secrets->OpenDeterministic("p", sealed), "plain");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(secrets->OpenDeterministic("p", changed)) << i;
  }
}

TEST(SecretsTest, WhatWasSealedBeforeDoesNotMatter) {
  const auto used = Make();
  for (const std::size_t size : {40U, 5U, 41U, 16U, 15U, 16U, 1U, 1U, 300U, 17U, 300U}) {
    const std::string text(size, 'x');
    const auto fresh = Make();

    const auto sealed = *used->SealDeterministic("p", text);

    EXPECT_EQ(sealed, *fresh->SealDeterministic("p", text)) << size;
    EXPECT_EQ(*used->OpenDeterministic("p", sealed), text) << size;
    EXPECT_FALSE(used->OpenDeterministic("p", sealed + "x"));
    EXPECT_FALSE(used->OpenDeterministic("p", sealed.substr(0, sealed.size() - 1)));
    EXPECT_EQ(*used->OpenDeterministic("p", sealed), text) << size;
  }
}

TEST(SecretsTest, ThreadsSealAlike) {
  const auto secrets = Make();
  const auto expected = *secrets->SealDeterministic("p", "what all of them seal");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        const auto sealed = secrets->SealDeterministic("p", "what all of them seal");
        EXPECT_EQ(*sealed, expected);
        EXPECT_EQ(*secrets->OpenDeterministic("p", *sealed), "what all of them seal");
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(SecretsTest, FingerprintsNameASecretWithoutShowingIt) {
  const auto secrets = Make();

  EXPECT_EQ(secrets->Fingerprint("p", "token").size(), 32U);
  EXPECT_EQ(secrets->Fingerprint("p", "token"), secrets->Fingerprint("p", "token"));
  EXPECT_NE(secrets->Fingerprint("p", "token"), secrets->Fingerprint("q", "token"));
  EXPECT_NE(secrets->Fingerprint("p", "token"), Make(std::string(32, 'x'))->Fingerprint("p", "token"));
}

TEST(SecretsTest, ReadsAKeyInHexAndBothBase64Alphabets) {
  const std::string bytes = "\xFB\xEF\xFF" + std::string(29, 'a');
  const auto sealed = *Make(bytes)->SealDeterministic("p", "plain");
  const std::string hex = "fbefff" + std::string("6161616161616161616161616161616161616161616161616161616161");

  for (const std::string& text :
       {hex, sdk::Base64UrlEncode(bytes), std::string("++//YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=")}) {
    const auto secrets = Secrets::FromText(text);
    ASSERT_TRUE(secrets) << text;
    EXPECT_EQ(*(*secrets)->OpenDeterministic("p", sealed), "plain");
  }
}

TEST(SecretsTest, RefusesKeysOfAnotherLength) {
  for (const auto* text : {"", "abc", "00112233", "not base64 at all, not hex"}) {
    EXPECT_EQ(Secrets::FromText(text).error().message, "secret key: want 32 octets as 64 hex digits or in base64");
  }
}

TEST(SecretsTest, KeepsAKeyOnceAndReadsItAgain) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("sluice-key-" + sdk::Base64UrlEncode(RandomBytes(6)));
  std::filesystem::create_directory(folder);
  const auto path = (folder / "sluice.key").string();

  const auto key = RandomBytes(32);
  EXPECT_EQ(Secrets::FromFile(path).error().code, sdk::Errc::kNotFound);
  ASSERT_TRUE(CheckKeepKey(path));
  ASSERT_TRUE(KeepKey(path, key));
  const auto sealed = *(*Secrets::FromKey(key))->SealDeterministic("p", "plain");
  const auto second = Secrets::FromFile(path);

  ASSERT_TRUE(second);
  EXPECT_EQ(*(*second)->OpenDeterministic("p", sealed), "plain");
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_FALSE(KeepKey(path, RandomBytes(32))) << "another process may use the key that is there";
  EXPECT_EQ(*(*Secrets::FromFile(path))->OpenDeterministic("p", sealed), "plain");
  std::ofstream(path) << "garbage\n";
  EXPECT_NE(Secrets::FromFile(path).error().message.find(path), std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST(SecretsTest, SaysWhereAKeyCannotBeKept) {
  const auto kept = KeepKey("/dev/null/sluice.key", RandomBytes(32));
  const auto below_a_file = CheckKeepKey("/dev/null/sluice.key");

  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().message, "/dev/null/sluice.key: cannot keep the secret key here: Not a directory");
  ASSERT_FALSE(below_a_file);
  EXPECT_EQ(below_a_file.error().message, kept.error().message);
}

}  // namespace
}  // namespace sluice::state
