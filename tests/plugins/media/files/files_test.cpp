// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sluice/sdk/testing/conformance_media.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>
#include <vector>

#include "names.hpp"

namespace sluice::plugins::files {
namespace {

namespace fs = std::filesystem;
using sdk::testing::AnyCall;
using sdk::testing::CollectedMedia;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::string_view_literals;

/// A folder of its own, gone with the object: `outside/` lies beside the library.
class Library {
 public:
  Library() {
    std::string pattern = (fs::temp_directory_path() / "sluice-files-XXXXXX").string();
    base_ = fs::canonical(::mkdtemp(pattern.data()));
    fs::create_directories(root());
    Write("../outside/planted.mp4");
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    std::error_code ignored;
    fs::remove_all(base_, ignored);
  }

  fs::path root() const { return base_ / "library"; }
  fs::path outside() const { return base_ / "outside"; }
  void Write(const std::string& name) const {
    fs::create_directories((root() / name).parent_path());
    std::ofstream(root() / name) << "x";
  }
  void Link(const std::string& name, const fs::path& target) const { fs::create_symlink(target, root() / name); }
  TestConfig config() const { return {{"/root", root().string()}}; }
  std::string Url(const std::string& path) const { return "file://" + root().string() + path; }

 private:
  fs::path base_;
};

/// For tests that root, who may everything, runs as well: another user meanwhile.
class NotAsRoot {
 public:
  NotAsRoot() { EXPECT_EQ(::seteuid(was_ == 0 ? 65534 : was_), 0); }
  NotAsRoot(const NotAsRoot&) = delete;
  NotAsRoot& operator=(const NotAsRoot&) = delete;
  ~NotAsRoot() { EXPECT_EQ(::seteuid(was_), 0); }

 private:
  const uid_t was_ = ::geteuid();
};

class FilesTest : public ::testing::Test {
 protected:
  void Create(const TestConfig& config) {
    auto made = CreateThroughAbi<Files>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    files_.emplace(*std::move(made));
  }
  sdk::MediaBackend& files() { return **files_; }

  /// Ids in the order they came; the error's text alone when there is one.
  std::vector<std::string> Browse(std::string_view parent) {
    CollectedMedia items;
    const auto status = files().Browse(AnyCall(), who_, parent, items);
    if (!status) return {Told(status.error())};
    std::vector<std::string> ids;
    for (const auto& item : items.values) ids.push_back(item.id);
    return ids;
  }
  std::string Resolve(std::string_view id) {
    const auto source = files().Resolve(AnyCall(), who_, id, "");
    return source ? source->url : Told(source.error());
  }
  std::string ResolveChild(std::string_view url) {
    const auto source = files().ResolveChild(AnyCall(), who_, {.url = url, .context = "ctx"});
    if (!source) return Told(source.error());
    EXPECT_EQ(source->context, "ctx");
    EXPECT_THAT(source->headers, IsEmpty());
    return source->url;
  }
  static std::string Told(const sdk::Error& error) {
    return (error.code == sdk::Errc::kNotFound           ? "not found: "
            : error.code == sdk::Errc::kPermissionDenied ? "denied: "
                                                         : "other: ") +
           error.message;
  }

  Library library_;
  FakeHost host_;
  sdk::Principal who_{.subject = "user:1"};
  std::optional<sdk::testing::ThroughAbi<sdk::MediaBackend>> files_;
};

TEST(NamesTest, OrdersNamesAsPeopleDo) {
  std::vector<std::string> names = {"b", "Part 10.mkv", "part 2.mkv", "A", "Part 1.mkv", "part 02.mkv", "a", "10", "9"};
  std::sort(names.begin(), names.end(), NaturalLess);
  EXPECT_THAT(names, ElementsAre("9", "10", "A", "a", "b", "Part 1.mkv", "part 02.mkv", "part 2.mkv", "Part 10.mkv"));
  EXPECT_FALSE(NaturalLess("a1", "a1"));
  EXPECT_TRUE(NaturalLess("a", "a1"));
  EXPECT_TRUE(NaturalLess("99999999999999999999998", "99999999999999999999999"));
}

TEST(NamesTest, EncodesPathsAsFileUrlsAndBack) {
  const std::string path = "/srv/A #1? 100% \xc3\xa9;x.mp4";
  EXPECT_EQ(ToFileUrl(path), "file:///srv/A%20%231%3F%20100%25%20%C3%A9%3Bx.mp4");
  EXPECT_EQ(FromFileUrl(ToFileUrl(path)), path);
  EXPECT_EQ(FromFileUrl("file:/a"), "/a");
  EXPECT_EQ(FromFileUrl("FILE://localhost/a?b#c"), "/a");
  for (const auto url : {"file://server/a"sv, "file:a"sv, "file://"sv, "/a"sv, "http://h/a"sv, "file:///a%2"sv,
                         "file:///a%zz"sv, ""sv}) {
    EXPECT_FALSE(FromFileUrl(url)) << url;
  }
}

TEST(NamesTest, PresentsOnlyNamesThatCanComeBack) {
  for (const auto name : {"a b.mp4"sv, "\xc3\xa9"sv, "\xe2\x82\xac"sv, "\xf0\x9f\x8e\xac"sv, ""sv})
    EXPECT_TRUE(IsPresentable(name));
  for (const auto name : {"a\\b"sv, "a\0b"sv, "a\nb"sv, "\x7f"sv, "\xff"sv, "\xc0\xae"sv, "\xe0\x80\xaf"sv,
                          "\xed\xa0\x80"sv, "\xc3"sv, "\xf4\x90\x80\x80"sv}) {
    EXPECT_FALSE(IsPresentable(name));
  }
}

TEST_F(FilesTest, ListsFoldersFirstThenFilesInNaturalOrder) {
  for (const auto* name :
       {"Part 10.mkv", "part 2.MKV", "a song.mp3", "readme.txt", "zoo/x.mp4", "10/x.mp4", "9/x.mp4", "noext"}) {
    library_.Write(name);
  }
  Create(library_.config());
  CollectedMedia items;

  const auto status = files().Browse(AnyCall(), who_, "", items);

  ASSERT_TRUE(status) << status.error().message;
  std::vector<std::string> seen;
  for (const auto& item : items.values) seen.push_back(item.kind + " " + item.id + " [" + item.title + "]");
  EXPECT_THAT(seen, ElementsAre("folder 9 [9]", "folder 10 [10]", "folder zoo [zoo]", "audio a song.mp3 [a song]",
                                "video part 2.MKV [part 2]", "video Part 10.mkv [Part 10]"));
}

TEST_F(FilesTest, BrowsesFoldersByTheirIds) {
  library_.Write("Show/Season 1/e01.mkv");
  Create(library_.config());

  EXPECT_THAT(Browse(""), ElementsAre("Show"));
  EXPECT_THAT(Browse("Show"), ElementsAre("Show/Season 1"));
  EXPECT_THAT(Browse("Show/Season 1"), ElementsAre("Show/Season 1/e01.mkv"));
  EXPECT_THAT(Browse("Show/Season 1/"), ElementsAre("Show/Season 1/e01.mkv"));
  EXPECT_THAT(Browse("Show/Season 2"), ElementsAre("not found: no such item in the folder"));
  EXPECT_THAT(Browse("Show/Season 1/e01.mkv"), ElementsAre("not found: no such item in the folder"));
}

TEST_F(FilesTest, ResolvesToAPercentEncodedFileUrl) {
  library_.Write("A #1/100% \xc3\xa9.mp4");
  Create(library_.config());

  EXPECT_EQ(Resolve("A #1/100% \xc3\xa9.mp4"), library_.Url("/A%20%231/100%25%20%C3%A9.mp4"));
  const auto source = files().Resolve(AnyCall(), who_, "A #1/100% \xc3\xa9.mp4", "{}");
  ASSERT_TRUE(source);
  EXPECT_TRUE(source->ranges);
}

TEST_F(FilesTest, ResolvesOnlyWhatItLists) {
  library_.Write("a.mp4");
  library_.Write("notes.txt");
  library_.Write("folder.mp4/x.mp4");
  Create(library_.config());

  EXPECT_EQ(Resolve("notes.txt"), "not found: no such item in the folder");
  EXPECT_EQ(Resolve("none.mp4"), "not found: no such item in the folder");
  EXPECT_EQ(Resolve("a.mp4/x.mp4"), "not found: no such item in the folder");
  EXPECT_EQ(Resolve("folder.mp4"), "not found: the item is no file");
  EXPECT_EQ(Resolve(""), "not found: the item is no file");
}

TEST_F(FilesTest, TakesTheExtensionsThatAreConfigured) {
  library_.Write("a.ts");
  library_.Write("a.mp4");
  Create(library_.config().With("/extensions/0", "ts"));

  EXPECT_THAT(Browse(""), ElementsAre("a.ts"));
  EXPECT_EQ(Resolve("a.mp4"), "not found: no such item in the folder");
}

TEST_F(FilesTest, RefusesIdsThatLeadOut) {
  library_.Write("a/b.mp4");
  Create(library_.config());

  for (const auto id :
       {".."sv, "../outside/planted.mp4"sv, "a/../../outside/planted.mp4"sv, "a/.."sv, "./a/b.mp4"sv, "a/./b.mp4"sv}) {
    EXPECT_EQ(Resolve(id), "denied: the item id has dot segments; want none") << id;
    EXPECT_THAT(Browse(id), ElementsAre("denied: the item id has dot segments; want none")) << id;
  }
  for (const std::string& id :
       {std::string("/etc/passwd"), (library_.root() / "a/b.mp4").string(), std::string("//a")}) {
    EXPECT_EQ(Resolve(id), "denied: the item id is an absolute path; want a relative one") << id;
  }
  for (const auto id : {"a\0b.mp4"sv, "a/b.mp4\0"sv, "..\\outside"sv, "a\\b.mp4"sv, "a\nb"sv, "\xff"sv}) {
    EXPECT_EQ(Resolve(id), "denied: the item id has a backslash, a control character or broken UTF-8; want none");
  }
  EXPECT_EQ(Resolve("%2e%2e/outside/planted.mp4"), "not found: no such item in the folder");
}

TEST_F(FilesTest, FollowsLinksOnlyWithinTheFolder) {
  library_.Write("real/a.mp4");
  library_.Link("in.mp4", "real/a.mp4");
  library_.Link("in", library_.root() / "real");
  library_.Link("out.mp4", library_.outside() / "planted.mp4");
  library_.Link("out", library_.outside());
  library_.Link("out-relative", "../outside");
  library_.Link("broken.mp4", "nowhere");
  library_.Link("circle", "circle");
  fs::create_directories(library_.root().string() + "-twin");
  std::ofstream(library_.root().string() + "-twin/planted.mp4") << "x";
  library_.Link("twin.mp4", library_.root().string() + "-twin/planted.mp4");
  Create(library_.config());

  EXPECT_THAT(Browse(""), ElementsAre("in", "real", "in.mp4"));
  EXPECT_EQ(Resolve("in.mp4"), library_.Url("/real/a.mp4"));
  EXPECT_EQ(Resolve("in/a.mp4"), library_.Url("/real/a.mp4"));
  for (const auto* id : {"out.mp4", "out/planted.mp4", "out-relative/planted.mp4", "twin.mp4"}) {
    EXPECT_EQ(Resolve(id), "denied: the item leads out of the folder") << id;
  }
  EXPECT_THAT(Browse("out"), ElementsAre("denied: the item leads out of the folder"));
  EXPECT_EQ(Resolve("broken.mp4"), "not found: no such item in the folder");
  EXPECT_EQ(Resolve("circle"), "denied: the item leads in a circle of links");
}

TEST_F(FilesTest, HidesNamesThatStartWithADot) {
  library_.Write(".secret.mp4");
  library_.Write(".git/a.mp4");
  Create(library_.config());
  EXPECT_THAT(Browse(""), IsEmpty());
  EXPECT_EQ(Resolve(".secret.mp4"), "not found: no such item in the folder");
  EXPECT_EQ(Resolve(".git/a.mp4"), "not found: no such item in the folder");
  EXPECT_EQ(ResolveChild(library_.Url("/.git/a.mp4")), "not found: no such item in the folder");

  Create(library_.config().With("/hidden", true));
  EXPECT_THAT(Browse(""), ElementsAre(".git", ".secret.mp4"));
  EXPECT_EQ(Resolve(".git/a.mp4"), library_.Url("/.git/a.mp4"));
}

TEST_F(FilesTest, LeavesOutNamesThatCannotComeBack) {
  library_.Write("a\\b.mp4");
  library_.Write("a\nb.mp4");
  library_.Write("\xff.mp4");
  library_.Write("a.mp4");
  Create(library_.config());

  EXPECT_THAT(Browse(""), ElementsAre("a.mp4"));
}

TEST_F(FilesTest, FollowsLinksOfPlaylistsToAnyFileInTheFolder) {
  library_.Write("hls/master.m3u8");
  library_.Write("hls/seg 1.ts");
  library_.Write("hls/key.bin");
  Create(library_.config());

  EXPECT_EQ(ResolveChild(library_.Url("/hls/seg%201.ts")), library_.Url("/hls/seg%201.ts"));
  EXPECT_EQ(ResolveChild(library_.Url("/hls/key.bin?x=1#y")), library_.Url("/hls/key.bin"));
  EXPECT_EQ(ResolveChild(library_.Url("/hls/none.ts")), "not found: no such item in the folder");
  EXPECT_EQ(ResolveChild(library_.Url("/hls")), "not found: the link leads to no file");
}

TEST_F(FilesTest, RefusesLinksOfPlaylistsThatLeadOut) {
  library_.Write("hls/master.m3u8");
  library_.Link("hls/out.ts", library_.outside() / "planted.mp4");
  Create(library_.config());
  const std::string denied = "denied: the link leads out of the folder";

  for (const std::string& url :
       {std::string("file:///etc/passwd"), std::string("file:///"), library_.Url(""), library_.Url("-twin/a.ts"),
        "file://server" + library_.root().string() + "/hls/master.m3u8", std::string("data:text/plain,x"),
        std::string("hls/master.m3u8"), std::string("https://cdn.example/1.ts"),
        std::string("http://127.0.0.1/1.ts")}) {
    EXPECT_EQ(ResolveChild(url), denied) << url;
  }
  EXPECT_EQ(ResolveChild(library_.Url("/../outside/planted.mp4")), "denied: the item id has dot segments; want none");
  EXPECT_EQ(ResolveChild(library_.Url("/%2e%2e/outside/planted.mp4")),
            "denied: the item id has dot segments; want none");
  EXPECT_EQ(ResolveChild(library_.Url("//etc/passwd")), "denied: the item id is an absolute path; want a relative one");
  EXPECT_EQ(ResolveChild(library_.Url("/hls/out.ts")), "denied: the item leads out of the folder");
}

TEST_F(FilesTest, FollowsLinksToOtherServersWhenAllowed) {
  Create(library_.config().With("/allow_remote", true));

  EXPECT_EQ(ResolveChild("https://cdn.example/1.ts?x"), "https://cdn.example/1.ts?x");
  EXPECT_EQ(ResolveChild("HTTP://cdn.example/1.ts"), "HTTP://cdn.example/1.ts");
  for (const auto* url : {"ftp://cdn.example/1.ts", "data:text/plain,x", "https:///etc/passwd"}) {
    EXPECT_EQ(ResolveChild(url), "denied: the link leads out of the folder") << url;
  }
}

TEST_F(FilesTest, RemembersNoPlayback) {
  library_.Write("a.mp4");
  Create(library_.config());

  const auto status = files().Report(AnyCall(), who_, "a.mp4", sdk::PlaybackEvent::kStop, std::chrono::seconds(1));

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, sdk::Errc::kUnsupported);
  EXPECT_EQ(status.error().message, "a folder remembers no playback");
}

TEST_F(FilesTest, StopsWhenTheCallIsOver) {
  library_.Write("a.mp4");
  Create(library_.config());
  CollectedMedia items;

  const auto cancelled = files().Browse(sdk::testing::CancelledCall(), who_, "", items);
  const auto expired = files().Resolve(sdk::testing::ExpiredCall(), who_, "a.mp4", "");

  ASSERT_TRUE(!cancelled && !expired);
  EXPECT_EQ(cancelled.error().code, sdk::Errc::kCancelled);
  EXPECT_EQ(expired.error().code, sdk::Errc::kDeadlineExceeded);
  EXPECT_THAT(items.values, IsEmpty());
}

TEST_F(FilesTest, RefusesARootThatIsNoFolder) {
  library_.Write("a.mp4");
  const auto missing = (library_.root() / "none").string();
  const auto file = (library_.root() / "a.mp4").string();

  for (const auto& root : {missing, file}) {
    const auto made = CreateThroughAbi<Files>({{"/root", root}}, host_);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_EQ(made.error().message, "/root: want an existing folder, found none at " + root);
  }
}

TEST_F(FilesTest, RefusesARootThatIsClosedToTheServer) {
  fs::create_directories(library_.root() / "inner");
  fs::permissions(library_.root().parent_path(), fs::perms(0755));
  const auto outer = library_.root().string();
  const auto inner = outer + "/inner";
  const std::string closed = "/root: want a folder that the server may list and enter, found \"Permission denied\" at ";
  const auto refusal = [&](const std::string& root) {
    const NotAsRoot somebody;
    const auto made = CreateThroughAbi<Files>({{"/root", root}}, host_);
    return made ? "none" : made.error().message;
  };

  for (const unsigned mode : {0111U, 0444U, 0000U}) {  // not to be listed, not to be entered, neither
    fs::permissions(outer, fs::perms(mode));
    EXPECT_EQ(refusal(outer), closed + outer);
  }
  EXPECT_EQ(refusal(inner), closed + inner) << "whether it is there is not known";
  fs::permissions(outer, fs::perms(0755));
  EXPECT_EQ(refusal(inner), "none");
}

struct SmallLibrary : sdk::testing::MediaFixture {
  void Prepare(FakeHost&) override { library.Write("films/A film.mp4"); }
  SmallLibrary() {
    config = library.config();
    playable_id = "films/A film.mp4";
    secrets = {"planted"};
  }
  Library library;
};
SLUICE_MEDIA_CONFORMANCE(Files, SmallLibrary);

}  // namespace
}  // namespace sluice::plugins::files
