// SPDX-License-Identifier: MIT
#include "core/plugin/private_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "core/plugin/plugin_file.hpp"

namespace sluice::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigestDigits = 12;
constexpr std::size_t kKeptBuilds = 16;  // twice what one process may load: another process may share the directory
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;
constexpr std::string_view kRemedy = "set SLUICE_PLUGIN_CACHE to a directory of the service's own";

std::string ErrnoText() { return "\"" + std::generic_category().message(errno) + "\""; }

std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing of the server changes it
  return value == nullptr ? std::string() : std::string(value);
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Writes beside `path` and renames, so that no reader ever sees half a file.
bool WriteFile(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return false;
  bool done = WriteAll(fd, bytes) && ::fchmod(fd, S_IRUSR | S_IXUSR) == 0;
  done = ::close(fd) == 0 && done;
  done = done && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!done) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    errno = reason;
  }
  return done;
}

/// What lets others exchange what is in the directory `path`; empty: nothing. In a sticky directory they can exchange
/// only what is their own, and that the next component down is not.
std::string FaultOf(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return path.string() + ": " + ErrnoText();
  if (!S_ISDIR(info.st_mode)) return path.string() + ", something that is no directory";
  if (info.st_uid != ::geteuid() && info.st_uid != 0) return path.string() + " of uid " + std::to_string(info.st_uid);
  if ((info.st_mode & kOthersWrite) != 0 && (info.st_mode & S_ISVTX) == 0) {
    return path.string() + " that others can write";
  }
  return {};
}

/// \param path  absolute, without links.
std::string FaultOfChain(const fs::path& path) {
  fs::path above;
  for (const auto& component : path) {
    above /= component;
    if (auto fault = FaultOf(above); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace

PrivateCopies::PrivateCopies(std::string directory)
    : directory_(directory.empty() ? DefaultDirectory() : std::move(directory)) {
  std::error_code ignored;  // a relative path that cannot be resolved is refused by Prepare
  if (auto absolute = fs::absolute(directory_, ignored); !ignored) directory_ = absolute.lexically_normal().string();
}

std::string PrivateCopies::DefaultDirectory() {
  if (auto own = Environment("SLUICE_PLUGIN_CACHE"); !own.empty()) return own;
  if (auto systemd = Environment("CACHE_DIRECTORY"); !systemd.empty()) {
    return systemd.substr(0, systemd.find(':')) + "/plugins";
  }
  if (auto xdg = Environment("XDG_CACHE_HOME"); !xdg.empty()) return xdg + "/sluice/plugins";
  const auto home = Environment("HOME");
  if (!home.empty() && ::access(home.c_str(), W_OK) == 0) return home + "/.cache/sluice/plugins";
  return "/tmp/sluice-" + std::to_string(::geteuid()) + "/plugins";
}

Refusal PrivateCopies::Prepare(const std::string& file) {
  const auto want = "a private directory " + directory_ + " for copies";
  const auto refuse = [&](const std::string& found) { return Refuse(reason::kCache, file, want, found, kRemedy); };
  // Links are followed once; from there on, nothing that others could exchange is on the way.
  fs::path there = directory_;
  std::vector<fs::path> missing;
  for (struct stat info{}; ::lstat(there.c_str(), &info) != 0; there = there.parent_path()) {
    if (errno != ENOENT || there == there.parent_path()) return refuse(ErrnoText());
    missing.push_back(there.filename());
  }
  std::error_code error;
  auto path = fs::canonical(there, error);
  if (error) return refuse("\"" + error.message() + "\"");
  if (const auto fault = FaultOfChain(path); !fault.empty()) return refuse(fault);
  for (auto name = missing.rbegin(); name != missing.rend(); ++name) {
    path /= *name;
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return refuse(ErrnoText());
    if (const auto fault = FaultOf(path); !fault.empty()) return refuse(fault);
  }
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return refuse(ErrnoText());
  if (info.st_uid != ::geteuid()) return refuse("one of uid " + std::to_string(info.st_uid));
  if ((info.st_mode & kOthersWrite) != 0) return refuse("one that others can write");  // sticky: it may be /tmp
  directory_ = path.string();
  return {};
}

std::variant<std::string, Refusal> PrivateCopies::Place(const PluginFile& file) {
  if (auto refusal = Prepare(file.path); !refusal.reason.empty()) return refusal;
  const auto path = directory_ + "/" + file.id + "-" + file.sha256.substr(0, kDigestDigits) + ".so";
  if (struct stat info{}; ::lstat(path.c_str(), &info) == 0) {
    const auto present = ReadPluginFile(path);
    const auto* held = std::get_if<PluginFile>(&present);
    if (held != nullptr && held->sha256 == file.sha256 && S_ISREG(info.st_mode)) return path;
    const auto found = held == nullptr ? std::get<Refusal>(present).message : "sha256 " + held->sha256;
    return Refuse(reason::kCache, file.path, "a copy " + path + " with sha256 " + file.sha256, found,
                  "remove the copy: it is not what was put there");
  }
  if (!WriteFile(path, file.bytes)) {
    return Refuse(reason::kCache, file.path, "to write the copy " + path, ErrnoText(), kRemedy);
  }
  Prune(file.id);
  return path;
}

void PrivateCopies::Prune(const std::string& id) const {
  std::vector<std::pair<fs::file_time_type, fs::path>> builds;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(id + "-") || name.size() != id.size() + 1 + kDigestDigits + 3) continue;
    if (const auto written = entry.last_write_time(error); !error) builds.emplace_back(written, entry.path());
  }
  if (builds.size() <= kKeptBuilds) return;
  std::sort(builds.begin(), builds.end());
  builds.resize(builds.size() - kKeptBuilds);
  for (const auto& build : builds) fs::remove(build.second, error);
}

}  // namespace sluice::plugin
