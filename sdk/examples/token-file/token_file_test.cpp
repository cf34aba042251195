// SPDX-License-Identifier: MIT
#include "token_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <sluice/sdk/testing/conformance_auth.hpp>

namespace example {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;

constexpr char kToken[] = "0123456789abcdef";

/// A file that is gone when the test is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "token-file-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Fixture : sdk::testing::AuthFixture {
  Fixture() {
    config = {{"/path", file.path()}};
    secret = kToken;
    wrong_secret = "fedcba9876543210";
  }
  TemporaryFile file{std::string(kToken) + " alice\n"};
};
SLUICE_AUTH_CONFORMANCE(TokenFile, Fixture);

TEST(TokenFileTest, NamesTheOwnerOfATokenAndWhatSheMay) {
  const TemporaryFile file("# who may play\n" + std::string(kToken) + " alice play admin  # the boss\n");
  auto backend = CreateThroughAbi<TokenFile>({{"/path", file.path()}});
  ASSERT_TRUE(backend) << backend.error().message;

  const auto principal = (*backend)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = kToken});

  ASSERT_TRUE(principal) << principal.error().message;
  ASSERT_TRUE(principal->has_value());
  EXPECT_EQ((*principal)->subject, "token-file:alice");
  EXPECT_EQ((*principal)->scopes, (std::vector<std::string>{"play", "admin"}));
}

TEST(TokenFileTest, LeavesTokensThatItDoesNotKnowToOthers) {
  const TemporaryFile file(std::string(kToken) + " alice\n");
  auto backend = CreateThroughAbi<TokenFile>({{"/path", file.path()}});
  ASSERT_TRUE(backend) << backend.error().message;

  const auto principal = (*backend)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = "0123456789abcdeX"});

  ASSERT_TRUE(principal) << principal.error().message;
  EXPECT_FALSE(principal->has_value());
}

TEST(TokenFileTest, RefusesAFileThatItCannotUse) {
  const TemporaryFile unnamed(std::string(kToken) + "\n"), weak("\nsecret bob\n"), empty("# nobody\n");

  const auto missing = CreateThroughAbi<TokenFile>({{"/path", "/nowhere/tokens"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "/path: cannot read /nowhere/tokens");
  for (const auto& [file, message] : {std::pair(&unnamed, ":1: want a name after the token"),
                                      std::pair(&weak, ":2: want a token of at least 16 characters"),
                                      std::pair(&empty, ": want at least one token")}) {
    const auto refused = CreateThroughAbi<TokenFile>({{"/path", file->path()}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, file->path() + message);
  }
}

}  // namespace
}  // namespace example
