// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>
#include <system_error>
#include <utility>

#include "names.hpp"

namespace sluice::plugins::files {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string name;
  bool folder = false;
};

bool FoldersFirst(const Entry& a, const Entry& b) {
  if (a.folder != b.folder) return a.folder;
  return NaturalLess(a.name, b.name);
}

sdk::Error Denied(std::string message) { return {.code = sdk::Errc::kPermissionDenied, .message = std::move(message)}; }
sdk::Error NotFound(std::string message) { return {.code = sdk::Errc::kNotFound, .message = std::move(message)}; }

sdk::Error FromSystem(const std::error_code& failure) {
  if (failure == std::errc::permission_denied) return Denied("the item may not be read by the server");
  if (failure == std::errc::no_such_file_or_directory || failure == std::errc::not_a_directory ||
      failure == std::errc::filename_too_long) {
    return NotFound("no such item in the folder");
  }
  if (failure == std::errc::too_many_symbolic_link_levels) return Denied("the item leads in a circle of links");
  return {.code = sdk::Errc::kUpstreamFailed, .message = "the folder cannot be read: " + failure.message()};
}

sdk::Status CheckCall(const sdk::Call& call) {
  if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
  if (call.expired())
    return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "reading the folder took too long"};
  return sdk::Ok();
}

/// Where `wanted` leads, absolute, links followed. \returns  kInvalidArgument: no folder, or one that is closed to us.
sdk::Result<fs::path> OpenRoot(const std::string& wanted) {
  std::error_code failure;
  auto root = fs::canonical(wanted, failure);
  if (!failure) const fs::directory_iterator listed(root, failure);
  if (!failure) static_cast<void>(fs::status(root / ".", failure));  // wants leave to enter, as whatever is in it does
  if (!failure) return root;
  const bool none = failure == std::errc::no_such_file_or_directory || failure == std::errc::not_a_directory;
  return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                    .message = none ? "/root: want an existing folder, found none at " + wanted
                                    : "/root: want a folder that the server may list and enter, found \"" +
                                          failure.message() + "\" at " + wanted};
}

}  // namespace

Files::Files(Path root, const sdk::Config& config)
    : root_(std::move(root)),
      extensions_(config.Strings("/extensions")),
      hidden_(config.Bool("/hidden")),
      allow_remote_(config.Bool("/allow_remote")) {}

sdk::Result<std::unique_ptr<Files>> Files::Create(sdk::Host, const sdk::Config& config) {
  auto root = OpenRoot(config.String("/root"));
  if (!root) return root.error();
  return std::unique_ptr<Files>(new Files(*std::move(root), config));
}

bool Files::IsUnderRoot(const Path& path) const {
  return std::mismatch(root_.begin(), root_.end(), path.begin(), path.end()).first == root_.end();
}

bool Files::IsListed(std::string_view name) const {
  return std::find(extensions_.begin(), extensions_.end(), ExtensionOf(name)) != extensions_.end();
}

sdk::Result<Files::Path> Files::Locate(std::string_view id) const {
  if (!IsPresentable(id)) return Denied("the item id has a backslash, a control character or broken UTF-8; want none");
  if (id.substr(0, 1) == "/") return Denied("the item id is an absolute path; want a relative one");
  for (auto rest = id; !rest.empty();) {
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part == "." || part == "..") return Denied("the item id has dot segments; want none");
    if (!hidden_ && part.substr(0, 1) == ".") return NotFound("no such item in the folder");
  }

  std::error_code failure;
  auto found = fs::canonical(root_ / id, failure);
  if (failure) return FromSystem(failure);
  if (!IsUnderRoot(found)) return Denied("the item leads out of the folder");
  return found;
}

sdk::Status Files::Browse(const sdk::Call& call, const sdk::Principal&, std::string_view parent_id,
                          sdk::MediaSink& sink) {
  const auto folder = Locate(parent_id);
  if (!folder) return folder.error();

  std::vector<Entry> entries;
  std::error_code failure;
  for (fs::directory_iterator at(*folder, failure), end; !failure && at != end; at.increment(failure)) {
    if (auto going_on = CheckCall(call); !going_on) return going_on;
    auto name = at->path().filename().string();
    if (!IsPresentable(name) || (!hidden_ && name.front() == '.')) continue;
    std::error_code unreadable;  // a broken link, or gone since: not listed
    const auto target = fs::canonical(at->path(), unreadable);
    if (unreadable || !IsUnderRoot(target)) continue;
    const auto type = fs::status(target, unreadable).type();
    const bool is_folder = type == fs::file_type::directory;
    if (is_folder || (type == fs::file_type::regular && IsListed(name)))
      entries.push_back({std::move(name), is_folder});
  }
  if (failure) return FromSystem(failure);

  std::sort(entries.begin(), entries.end(), FoldersFirst);
  const auto prefix =
      parent_id.empty() || parent_id.back() == '/' ? std::string(parent_id) : std::string(parent_id) + "/";
  for (const auto& entry : entries) {
    if (auto going_on = CheckCall(call); !going_on) return going_on;
    sdk::MediaItem item{.id = prefix + entry.name, .title = entry.name, .kind = "folder"};
    if (!entry.folder) {
      const auto extension = ExtensionOf(entry.name);
      item.title.resize(entry.name.size() - extension.size() - 1);
      item.kind = KindOf(extension);
    }
    if (!sink.Put(item)) break;
  }
  return sdk::Ok();
}

sdk::Result<sdk::Source> Files::Resolve(const sdk::Call& call, const sdk::Principal&, std::string_view item_id,
                                        std::string_view) {
  if (auto going_on = CheckCall(call); !going_on) return going_on.error();
  const auto path = Locate(item_id);
  if (!path) return path.error();
  std::error_code failure;
  if (!fs::is_regular_file(*path, failure)) return NotFound("the item is no file");
  if (!IsListed(item_id.substr(item_id.rfind('/') + 1))) return NotFound("no such item in the folder");
  return sdk::Source{.url = ToFileUrl(path->native())};
}

sdk::Result<sdk::Source> Files::ResolveChild(const sdk::Call& call, const sdk::Principal&, const sdk::Child& child) {
  if (auto going_on = CheckCall(call); !going_on) return going_on.error();
  if (const auto url = sdk::ParseUrl(child.url); allow_remote_ && url && url->http()) {
    return sdk::Source{.url = std::string(child.url), .context = std::string(child.context)};
  }
  const auto path = FromFileUrl(child.url);
  if (!path) return Denied("the link leads out of the folder");
  // A root reached by a link appears in playlists as its canonical path, as Resolve gave it out.
  const auto& root = root_.native();
  const auto prefix = root.back() == '/' ? root : root + "/";
  if (path->compare(0, prefix.size(), prefix) != 0) return Denied("the link leads out of the folder");

  const auto located = Locate(std::string_view(*path).substr(prefix.size()));
  if (!located) return located.error();
  std::error_code failure;
  if (!fs::is_regular_file(*located, failure)) return NotFound("the link leads to no file");
  return sdk::Source{.url = ToFileUrl(located->native()), .context = std::string(child.context)};
}

sdk::Status Files::Report(const sdk::Call&, const sdk::Principal&, std::string_view, sdk::PlaybackEvent,
                          std::chrono::milliseconds) {
  return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "a folder remembers no playback"};
}

}  // namespace sluice::plugins::files
