// SPDX-License-Identifier: MIT
#include "core/plugin/check.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sluice/abi/plugin.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "core/plugin/check_child.hpp"
#include "core/plugin/elf.hpp"
#include "core/plugin/plugin_file.hpp"

namespace sluice::plugin {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kNamedSymbols = 5;

/// A directory of this process alone, gone with the object.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    auto name = (fs::temp_directory_path(error) / "sluice-check-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Relays what the child tells, and what became of it.
class Child {
 public:
  Child(pid_t pid, int fd, std::ostream& out) : pid_(pid), fd_(fd), out_(out) {}

  /// \returns  whether every check passed.
  bool Watch(std::chrono::milliseconds limit) {
    const auto until = Clock::now() + limit;
    const bool in_time = ReadUntil(until);
    if (!in_time) ::kill(pid_, SIGKILL);
    ::close(fd_);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (!in_time) {
      out_ << "FAIL  " << step_ << ": hangs, no end within " << limit.count() << " ms\n";
      return false;
    }
    if (WIFSIGNALED(status)) {
      const int number = WTERMSIG(status);
      out_ << "FAIL  " << step_ << ": crashes with signal " << number << " (" << ::strsignal(number) << ")\n";
      return false;
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (!done_ || code < 0 || code > 1) {
      out_ << "FAIL  " << step_ << ": ends the process with exit code " << code << "\n";
      return false;
    }
    return code == 0;
  }

 private:
  /// \returns  false when the time was up before the child closed its end.
  bool ReadUntil(Clock::time_point until) {
    std::array<char, 4096> buffer{};
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
      pollfd ready{fd_, POLLIN, 0};
      const int count = left <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(left));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      const auto got = ::read(fd_, buffer.data(), buffer.size());
      if (got <= 0) return true;
      pending_.append(buffer.data(), static_cast<std::size_t>(got));
      Print();
    }
  }
  void Print() {
    for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
      const auto line = pending_.substr(0, end);
      if (line.starts_with('>')) {
        step_ = line.substr(1);
      } else if (line == ".") {
        done_ = true;
      } else {
        out_ << line << "\n";
      }
      pending_.erase(0, end + 1);
    }
  }

  pid_t pid_;
  int fd_;
  std::ostream& out_;
  std::string pending_;
  std::string step_ = "load";
  bool done_ = false;
};

/// In a child process of its own. \returns  whether every check passed.
bool CheckApart(const PluginFile& file, const std::string& config_file, std::ostream& out,
                std::chrono::milliseconds limit) {
  const Scratch scratch;
  std::array<int, 2> ends{};
  if (scratch.path().empty() || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    out << "FAIL  no scratch directory or pipe: " << std::generic_category().message(errno) << "\n";
    return false;
  }
  out.flush();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    CheckReport report(ends[1]);
    CheckInChild(file, scratch.path(), config_file, report);
    report.Done();
    ::_exit(report.failed() ? 1 : 0);
  }
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    out << "FAIL  no child process: " << std::generic_category().message(errno) << "\n";
    return false;
  }
  return Child(pid, ends[0], out).Watch(limit);
}

bool CheckExports(const ElfFile& elf, std::ostream& out) {
  std::string others, unique;
  std::size_t other_count = 0, unique_count = 0;
  bool thread_local_destructors = false;
  for (const auto& symbol : elf.dynamic_symbols()) {
    if (!symbol.defined) {
      thread_local_destructors |= symbol.name.starts_with("__cxa_thread_atexit");
    } else if (symbol.unique) {
      if (unique_count++ == 0) unique = symbol.name;
    } else if (symbol.name != SLUICE_PLUGIN_SYMBOL && other_count++ < kNamedSymbols) {
      others.append(" ").append(symbol.name);
    }
  }
  if (other_count != 0) {
    out << "FAIL  exports: want " << SLUICE_PLUGIN_SYMBOL << " alone, found " << other_count << " more:" << others
        << "; link with the version script of sluice_add_plugin\n";
  } else {
    out << "ok    exports " << SLUICE_PLUGIN_SYMBOL << " alone\n";
  }
  if (unique_count != 0) {
    out << "note  " << unique_count << " unique symbol(s), such as " << unique
        << ": shared with other libraries of the process; a version script hides them\n";
  }
  if (thread_local_destructors) out << "note  has thread_local variables with destructors: they run in host threads\n";
  return other_count == 0;
}

/// The bytes, whatever the permissions: those belong to an installation and not to a plugin.
std::variant<PluginFile, Refusal> ReadAny(const std::string& path, std::ostream& out) {
  auto read = ReadPluginFile(path);
  const auto* refusal = std::get_if<Refusal>(&read);
  if (refusal == nullptr || refusal->reason != reason::kPermissions || !fs::is_regular_file(path)) return read;
  out << "note  a server would refuse this file as it stands: " << refusal->message << "\n";
  return ReadPluginFile(path, AnyOwner());
}

}  // namespace

int RunCheckPlugin(const std::string& file, const std::string& config_file, std::ostream& out,
                   std::chrono::milliseconds limit) {
  const auto read = ReadAny(file, out);
  if (const auto* refusal = std::get_if<Refusal>(&read)) {
    out << "FAIL  " << refusal->message << "\n";
    return 2;
  }
  const auto& plugin = std::get<PluginFile>(read);
  out << "ok    readable, sha256 " << plugin.sha256 << "\n";
  if (const auto refusal = CheckMarker(plugin); !refusal.reason.empty()) {
    out << "FAIL  " << refusal.message << "\n";
    return 2;
  }
  out << "ok    marked as a plugin for ABI 1\n";
  const auto elf = ElfFile::Parse(plugin.bytes);
  const bool exports = CheckExports(*elf, out);
  const bool runs = CheckApart(plugin, config_file, out, limit);
  return exports && runs ? 0 : 1;
}

void PrintPlugins(const std::vector<PluginInfo>& plugins, bool schemas, std::ostream& out) {
  for (const auto& plugin : plugins) {
    if (!plugin.refusal.empty()) continue;
    out << plugin.id << " " << plugin.version << "\n"
        << "  file     " << plugin.file << "\n"
        << "  sha256   " << plugin.sha256 << "\n"
        << "  ABI      " << plugin.abi << "\n";
    if (!plugin.license.empty()) out << "  license  " << plugin.license << "\n";
    if (!plugin.build_tag.empty()) out << "  build    " << plugin.build_tag << "\n";
    for (const auto& type : plugin.types) {
      out << "  " << type.kind << "/" << type.type << ": " << type.summary << "\n";
      if (schemas) out << "    schema " << type.schema << "\n";
    }
  }
  for (const auto& plugin : plugins) {
    if (!plugin.refusal.empty()) out << "refused (" << plugin.refusal_reason << "): " << plugin.refusal << "\n";
  }
}

}  // namespace sluice::plugin
