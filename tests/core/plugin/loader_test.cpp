// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "core/plugin/elf.hpp"
#include "core/plugin/loader.hpp"
#include "core/plugin/plugin_file.hpp"
#include "core/state/digest.hpp"
#include "tests/core/plugin/host_fixture.hpp"

namespace sluice::plugin::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string Slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> FilesIn(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename().string());
  return names;
}

class LoaderTest : public HostTest {
 protected:
  void ExpectRefused(const std::string& path, const std::string& reason, const std::string& message) {
    Load(std::vector{path});
    const auto info = Only();
    EXPECT_EQ(info.refusal_reason, reason);
    EXPECT_THAT(info.refusal, HasSubstr(message));
    EXPECT_EQ(LoadFailures(reason), 1);
  }
};

TEST_F(LoaderTest, LoadsAGoodPluginAndSaysWhatItIs) {
  const auto path = Install("good");

  Load(std::vector{path});

  const auto info = Only();
  EXPECT_EQ(info.refusal, "");
  EXPECT_EQ(info.file, path);
  EXPECT_EQ(info.id, "org.example.bad");
  EXPECT_EQ(info.version, "1.0.0");
  EXPECT_EQ(info.license, "MIT");
  EXPECT_EQ(info.abi, "1.0");
  EXPECT_EQ(info.sha256, state::Sha256Hex(Slurp(path)));
  ASSERT_EQ(info.types.size(), 1U);
  EXPECT_EQ(info.types[0].kind, "auth");
  EXPECT_EQ(info.types[0].type, "bad");
  EXPECT_THAT(info.types[0].schema, HasSubstr("additionalProperties"));
}

TEST_F(LoaderTest, LoadsAStrippedPlugin) {
  Load(std::vector{Install("good_stripped")});

  EXPECT_EQ(Only().refusal, "");
}

TEST_F(LoaderTest, RefusesAFileThatIsNotThere) {
  ExpectRefused((scratch_ / "nothing.so").string(), "file",
                "nothing.so: want a readable file, found \"No such file or directory\"");
}

TEST_F(LoaderTest, RefusesADirectory) {
  fs::create_directories(scratch_ / "folder.so");
  ExpectRefused((scratch_ / "folder.so").string(), "file", "want a regular file, found a directory; name the");
}

TEST_F(LoaderTest, RefusesAnEmptyFile) {
  ExpectRefused(Write("empty.so", ""), "format",
                "want a shared library for this machine, found an empty file; build it with sluice_add_plugin");
}

TEST_F(LoaderTest, RefusesTextInPlaceOfALibrary) {
  ExpectRefused(Write("text.so", "#!/bin/sh\necho I am no library\n"), "format", "found a file that is not ELF");
}

TEST_F(LoaderTest, RefusesATruncatedLibrary) {
  const auto whole = Slurp(Install("good"));
  const auto half = whole.substr(0, whole.size() / 2);
  ExpectRefused(Write("half.so", half), "format",
                "found a truncated ELF file of " + std::to_string(half.size()) + " bytes");
}

TEST_F(LoaderTest, RefusesALibraryForAnotherMachine) {
  auto bytes = Slurp(Install("good"));
  bytes[18] = 8;  // e_machine: MIPS
  bytes[19] = 0;
  ExpectRefused(Write("mips.so", bytes), "format", "found an ELF file for machine 8 (this one is ");
}

TEST_F(LoaderTest, RefusesAFileThatAGroupCanWrite) {
  const auto path = Install("good");
  fs::permissions(path, fs::perms(0664));
  ExpectRefused(path, "permissions",
                "want a file that only its owner can write, found mode 0664; run: chmod go-w '" + path + "'");
}

TEST_F(LoaderTest, RefusesAFileThatEverybodyCanWrite) {
  const auto path = Install("good");
  fs::permissions(path, fs::perms(0646));
  ExpectRefused(path, "permissions", "found mode 0646");
}

TEST_F(LoaderTest, RefusesAFileOfAnotherUser) {
  const auto path = Install("good");
  if (::chown(path.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root may give files away";
  ExpectRefused(path, "permissions", "found owner uid 12345; run: chown root '" + path + "'");
}

TEST_F(LoaderTest, RefusesWhatIsNotOnTheAllowListBeforeAnyOfItsCodeRuns) {
  auto plugins = Files({Install("init_throws", "anything")});
  plugins.allow = {{"org.example.other", ""}};

  Load(plugins);

  const auto all = plugins_->plugins();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].refusal_reason, "allow_list");
  EXPECT_THAT(all[0].refusal, HasSubstr("want a plugin of the allow-list (org.example.other), found "
                                        "\"org.example.bad\"; add {id: org.example.bad} to /plugins/allow"));
  EXPECT_EQ(LoadFailures("allow_list"), 1);
  EXPECT_THAT(all[1].refusal, HasSubstr("org.example.other: want a file of the plugin"));
}

TEST_F(LoaderTest, AllowsByTheIdInsideTheFileWhateverItsName) {
  auto plugins = Files({Install("good", "some-other-name")});
  plugins.allow = {{"org.example.bad", ""}};

  Load(plugins);

  EXPECT_EQ(Only().refusal, "");
}

TEST_F(LoaderTest, RefusesADigestOtherThanThePinnedOne) {
  const auto path = Install("good");
  auto plugins = Files({path});
  plugins.allow = {{"org.example.bad", std::string(64, '0')}};

  Load(plugins);

  EXPECT_EQ(Only().refusal_reason, "digest");
  EXPECT_THAT(Only().refusal, HasSubstr("want sha256 " + std::string(64, '0') +
                                        " as pinned for org.example.bad, found "
                                        "sha256 " +
                                        state::Sha256Hex(Slurp(path)) + "; restore the pinned file"));
  EXPECT_EQ(LoadFailures("digest"), 1);
}

TEST_F(LoaderTest, AcceptsThePinnedDigest) {
  const auto path = Install("good");
  auto plugins = Files({path});
  plugins.allow = {{"org.example.bad", state::Sha256Hex(Slurp(path))}};

  Load(plugins);

  EXPECT_EQ(Only().refusal, "");
}

TEST_F(LoaderTest, LoadsFromAPrivateCopyNamedAfterIdAndContent) {
  const auto path = Install("good");

  Load(std::vector{path});

  const auto name = "org.example.bad-" + Only().sha256.substr(0, 12) + ".so";
  EXPECT_THAT(FilesIn(scratch_ / "cache"), ::testing::ElementsAre(name));
  EXPECT_THAT(Slurp("/proc/self/maps"), HasSubstr((scratch_ / "cache" / name).string()));
  struct stat info {};
  ASSERT_EQ(::stat((scratch_ / "cache").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(LoaderTest, OverwritingALoadedFileInPlaceHarmsNothing) {
  const auto path = Install("good");
  Load(std::vector{path});
  const auto made = CreateBad();
  ASSERT_TRUE(made);

  Write("good.so", "gone");

  EXPECT_TRUE((*made)->As<sdk::AuthBackend>()->Authenticate(TimedCall(), {.scheme = "bearer", .secret = "word"}));
}

TEST_F(LoaderTest, RefusesACopyThatIsNotWhatWasPutThere) {
  const auto path = Install("good");
  fs::create_directories(scratch_ / "cache");
  fs::permissions(scratch_ / "cache", fs::perms(0700));
  Write("cache/org.example.bad-" + state::Sha256Hex(Slurp(path)).substr(0, 12) + ".so", "something else");

  ExpectRefused(path, "cache", "remove the copy: it is not what was put there");
}

TEST_F(LoaderTest, RefusesACacheDirectoryThatOthersCanWrite) {
  fs::create_directories(scratch_ / "cache");
  fs::permissions(scratch_ / "cache", fs::perms(0777));

  ExpectRefused(Install("good"), "cache",
                "cache that others can write; set SLUICE_PLUGIN_CACHE to a directory of the service's own");
}

TEST_F(LoaderTest, LoadsANewBuildBesideTheOld) {
  const auto path = Install("good", "plugin");
  Load(std::vector{path});
  const auto before = CreateBad();
  ASSERT_TRUE(before);
  Install("good_next", "plugin");

  Load(std::vector{path});

  const auto after = CreateBad();
  ASSERT_TRUE(after);
  EXPECT_FALSE(plugins_->IsCurrent(**before));
  EXPECT_TRUE(plugins_->IsCurrent(**after));
  EXPECT_THAT(Only().types[0].schema, HasSubstr("\"default\": 2"));
  EXPECT_TRUE((*before)->As<sdk::AuthBackend>()->Authenticate(TimedCall(), {.scheme = "bearer", .secret = "word"}));
  EXPECT_EQ(Metric(metrics_, "sluice_plugin_instances"), 2);
}

TEST_F(LoaderTest, KeepsABuildThatDidNotChange) {
  const auto path = Install("good");
  Load(std::vector{path});
  const auto made = CreateBad();
  ASSERT_TRUE(made);

  for (int i = 0; i < 20; ++i) Load(std::vector{path});

  EXPECT_TRUE(plugins_->IsCurrent(**made));
  EXPECT_EQ(FilesIn(scratch_ / "cache").size(), 1U);
}

TEST_F(LoaderTest, ForgetsTypesOfAFileThatIsNoLongerConfigured) {
  Load(std::vector{Install("good")});
  ASSERT_TRUE(CreateBad());

  Load(std::vector<std::string>{});

  EXPECT_THAT(plugins_->plugins(), IsEmpty());
  EXPECT_FALSE(CreateBad());
}

TEST_F(LoaderTest, AsksForARestartAfterEightBuildsOfOnePlugin) {
  const auto path = Install("good", "plugin");
  Load(std::vector{path});
  for (int build = 3; build <= 9; ++build) {
    Install("good_build_" + std::to_string(build), "plugin");
    Load(std::vector{path});
    ASSERT_EQ(Only().refusal, "");
  }
  Install("good_build_10", "plugin");

  Load(std::vector{path});

  EXPECT_EQ(Only().refusal_reason, "generations");
  EXPECT_THAT(Only().refusal, HasSubstr("want at most 8 builds of org.example.bad since the server started, found one "
                                        "more; restart the server"));
  Install("good_build_4", "plugin");
  Load(std::vector{path});
  EXPECT_EQ(Only().refusal, "") << "a build that is mapped already costs nothing";
}

TEST_F(LoaderTest, RefusesTheSecondFileOfOnePlugin) {
  Load(std::vector{Install("good", "a"), Install("good_next", "b")});

  const auto all = plugins_->plugins();
  EXPECT_EQ(all[0].refusal, "");
  EXPECT_EQ(all[1].refusal_reason, "duplicate");
  EXPECT_THAT(all[1].refusal, HasSubstr("want one file for each plugin, found org.example.bad in " + all[0].file));
}

TEST_F(LoaderTest, NamesEachOfSeveralRefusedFilesWithTheSameBytesByItsOwnPath) {
  const std::vector files{Install("init_fails", "one"), Install("init_fails", "the-other"),
                          Install("null_create", "third"), Install("null_create", "fourth")};

  for (int load = 0; load < 2; ++load) {
    Load(files);

    const auto all = plugins_->plugins();
    ASSERT_EQ(all.size(), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      EXPECT_EQ(all[i].file, files[i]);
      EXPECT_THAT(all[i].refusal, StartsWith(files[i] + ": "));
      EXPECT_THAT(log(), HasSubstr("\"cause\":\"" + files[i] + ": "));
      for (const auto& other : files) {
        EXPECT_EQ(all[i].refusal.find(other) != std::string::npos, other == files[i]) << all[i].refusal;
      }
    }
  }
}

TEST_F(LoaderTest, NamesARefusedFileThatWasRenamedByItsNewPath) {
  const auto before = Install("init_fails", "before");
  Load(std::vector{before});
  ASSERT_THAT(Only().refusal, StartsWith(before + ": want its init to succeed"));
  const auto after = (scratch_ / "a-longer-name.so").string();
  fs::rename(before, after);

  Load(std::vector{after});

  EXPECT_EQ(Only().file, after);
  EXPECT_THAT(Only().refusal, StartsWith(after + ": want its init to succeed"));
}

TEST_F(LoaderTest, NamesAFileBehindALinkByItsPathEachTime) {
  const auto path = Install("init_fails");
  const auto link = (scratch_ / "link.so").string();
  fs::create_symlink(path, link);

  for (int load = 0; load < 2; ++load) {
    Load(std::vector{link});

    EXPECT_EQ(Only().file, path);
    EXPECT_THAT(Only().refusal, StartsWith(path + ": "));
  }
}

TEST_F(LoaderTest, ReadsEveryPluginOfADirectory) {
  Install("good");
  Write("README.md", "no plugin");
  config::Plugins plugins;
  plugins.directory = scratch_.string();

  Load(plugins);

  EXPECT_EQ(Only().id, "org.example.bad");
}

TEST_F(LoaderTest, ReportsADirectoryThatIsNotThere) {
  config::Plugins plugins;
  plugins.directory = (scratch_ / "nowhere").string();

  Load(plugins);

  EXPECT_THAT(Only().refusal, HasSubstr("nowhere: want a directory of plugins, found \"No such file or directory\"; "
                                        "check the path and its permissions"));
}

TEST_F(LoaderTest, NoDamagedHeaderCrashesTheReader) {
  const auto whole = Slurp(Install("good"));
  const auto elf = ElfFile::Parse(whole);
  ASSERT_TRUE(elf);
  std::size_t accepted = 0;

  for (std::size_t at = 0; at < whole.size(); at += at < 4096 ? 1 : 97) {
    for (const char value : {'\x00', '\x7f', '\xff'}) {
      auto damaged = whole;
      damaged[at] = value;
      if (const auto parsed = ElfFile::Parse(damaged)) {
        const auto* symbol = parsed->FindSymbol("sluice_plugin");
        accepted += symbol != nullptr && parsed->PointedText(symbol->address + 16) ? 1 : 0;
      }
    }
  }

  EXPECT_GT(accepted, 0U);
}

}  // namespace
}  // namespace sluice::plugin::testing
