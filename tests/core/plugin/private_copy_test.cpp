// SPDX-License-Identifier: MIT
#include "core/plugin/private_copy.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "core/plugin/plugin_file.hpp"

namespace sluice::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr uid_t kSomebody = 54'321;

class PrivateCopiesTest : public ::testing::Test {
 protected:
  PrivateCopiesTest() {
    auto name = (fs::temp_directory_path() / "sluice-copies-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    scratch_ = fs::canonical(name);
  }
  ~PrivateCopiesTest() override {
    std::error_code ignored;
    fs::remove_all(scratch_, ignored);
  }

  /// The path of a copy below `directory`, or why there is none.
  static std::string Place(const fs::path& directory) {
    PrivateCopies copies(directory.string());
    const auto placed =
        copies.Place({.path = "p.so", .stamp = {}, .bytes = "code", .sha256 = std::string(64, 'a'), .id = "org.p"});
    const auto* path = std::get_if<std::string>(&placed);
    return path != nullptr ? *path : std::get<Refusal>(placed).message;
  }
  static fs::path Directory(const fs::path& path, mode_t mode) {
    fs::create_directories(path);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  fs::path scratch_;
};

TEST_F(PrivateCopiesTest, MakesWhatIsMissingForTheServiceAlone) {
  const auto old_mask = ::umask(0);

  const auto copy = Place(scratch_ / "cache/sluice/plugins");
  ::umask(old_mask);

  EXPECT_EQ(copy, (scratch_ / "cache/sluice/plugins/org.p-aaaaaaaaaaaa.so").string());
  for (const auto* made : {"cache", "cache/sluice", "cache/sluice/plugins"}) {
    struct stat info {};
    ASSERT_EQ(::stat((scratch_ / made).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U) << made;
  }
}

TEST_F(PrivateCopiesTest, RefusesADirectoryBelowOneThatOthersCanWrite) {
  Directory(scratch_ / "shared/service/plugins", 0700);
  const auto shared = Directory(scratch_ / "shared", 0777);

  EXPECT_THAT(Place(shared / "service/plugins"), HasSubstr("found " + shared.string() + " that others can write"));
  EXPECT_THAT(Place(shared / "missing/plugins"), HasSubstr("found " + shared.string() + " that others can write"));
  EXPECT_FALSE(fs::exists(shared / "missing")) << "nothing is made in somebody else's reach";
}

TEST_F(PrivateCopiesTest, TakesADirectoryOfItsOwnBelowAStickyOne) {
  const auto sticky = Directory(scratch_ / "tmp", 01777);

  EXPECT_EQ(Place(sticky / "service/plugins"), (sticky / "service/plugins/org.p-aaaaaaaaaaaa.so").string());
  EXPECT_THAT(Place(sticky), HasSubstr("found one that others can write"));
}

TEST_F(PrivateCopiesTest, RefusesWhatSomebodyElseMadeBelowAStickyDirectory) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a directory of another user's";
  const auto sticky = Directory(scratch_ / "tmp", 01777);
  const auto theirs = Directory(sticky / "service", 0755);
  Directory(theirs / "plugins", 0700);
  ASSERT_EQ(::chown(theirs.c_str(), kSomebody, kSomebody), 0);

  const auto refusal = Place(theirs / "plugins");

  EXPECT_THAT(refusal, HasSubstr("found " + theirs.string() + " of uid 54321; set SLUICE_PLUGIN_CACHE"));
  EXPECT_TRUE(fs::is_empty(theirs / "plugins"));
}

TEST_F(PrivateCopiesTest, RefusesALinkIntoSomebodyElsesReach) {
  const auto shared = Directory(scratch_ / "shared", 0777);
  Directory(shared / "plugins", 0700);
  fs::create_directory_symlink(shared, scratch_ / "link");

  EXPECT_THAT(Place(scratch_ / "link/plugins"), HasSubstr("found " + shared.string() + " that others can write"));
}

TEST_F(PrivateCopiesTest, LoadsFromWhereALinkLedWhenItWasChecked) {
  const auto own = Directory(scratch_ / "own", 0700);
  fs::create_directory_symlink(own, scratch_ / "link");

  EXPECT_EQ(Place(scratch_ / "link/plugins"), (own / "plugins/org.p-aaaaaaaaaaaa.so").string());
}

TEST_F(PrivateCopiesTest, RefusesALinkToNothing) {
  fs::create_symlink(scratch_ / "nowhere", scratch_ / "link");

  EXPECT_THAT(Place(scratch_ / "link/plugins"), HasSubstr("found \"No such file or directory\""));
  EXPECT_FALSE(fs::exists(scratch_ / "nowhere"));
}

}  // namespace
}  // namespace sluice::plugin
