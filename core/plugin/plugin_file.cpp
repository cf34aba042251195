// SPDX-License-Identifier: MIT
#include "core/plugin/plugin_file.hpp"

#include <fcntl.h>
#include <sluice/abi/plugin.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "core/config/config.hpp"
#include "core/net/file_descriptor.hpp"
#include "core/plugin/elf.hpp"
#include "core/state/digest.hpp"

namespace sluice::plugin {
namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 30U;
constexpr std::string_view kSectionStem = "sluice_abi_";

std::string ErrnoText() { return std::generic_category().message(errno); }

std::string Octal(unsigned mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
  return text.data();
}

std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real == nullptr ? std::string() : std::string(real.get());
}

std::int64_t Nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileStamp StampOf(const struct stat& info) {
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .size_bytes = static_cast<std::uint64_t>(info.st_size),
          .modified_ns = Nanoseconds(info.st_mtim),
          .changed_ns = Nanoseconds(info.st_ctim)};
}

Refusal CheckPermissions(const std::string& path, const struct stat& info, Owners owners) {
  if (!S_ISREG(info.st_mode)) {
    return Refuse(reason::kFile, path, "a regular file", S_ISDIR(info.st_mode) ? "a directory" : "something else",
                  "name the plugin's .so file");
  }
  if (!owners.any && info.st_uid != 0 && info.st_uid != owners.user) {
    return Refuse(reason::kPermissions, path, "a file owned by root or by uid " + std::to_string(owners.user),
                  "owner uid " + std::to_string(info.st_uid), "run: chown root '" + path + "'");
  }
  if (!owners.any && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Refuse(reason::kPermissions, path, "a file that only its owner can write", "mode " + Octal(info.st_mode),
                  "run: chmod go-w '" + path + "'");
  }
  if (static_cast<std::uint64_t>(info.st_size) > kMaxFileBytes) {
    return Refuse(reason::kFormat, path, "a plugin of at most 1 GiB", std::to_string(info.st_size) + " bytes",
                  "strip its debug information");
  }
  return {};
}

bool ReadAll(int fd, std::string& out) {
  for (std::size_t done = 0; done < out.size();) {
    const auto got = ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got == 0) errno = EIO;  // shorter than it was a moment ago
      return false;
    }
    done += static_cast<std::size_t>(got);
  }
  return true;
}

void ReadIdentity(PluginFile& file) {
  file.id = std::filesystem::path(file.path).stem().string();
  const auto elf = ElfFile::Parse(file.bytes);
  if (!elf) return;
  const auto* symbol = elf->FindSymbol(SLUICE_PLUGIN_SYMBOL);
  if (symbol == nullptr) return;
  file.entry_size_bytes = symbol->size_bytes;
  auto id = elf->PointedText(symbol->address + offsetof(sluice_plugin_entry, id));
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  if (id && !id->empty() && id->size() <= 128 && std::all_of(id->begin(), id->end(), plain)) file.id = std::move(*id);
}

}  // namespace

Owners ProcessOwners() { return {.user = ::geteuid()}; }

std::variant<PluginFile, Refusal> ReadPluginFile(const std::string& path, Owners owners) {
  PluginFile file;
  file.path = RealPath(path);
  // O_NONBLOCK: a fifo in the plugin directory must not hold up the start.
  const net::FileDescriptor fd(file.path.empty() ? -1 : ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
    return Refuse(reason::kFile, path, "a readable file", "\"" + ErrnoText() + "\"",
                  "check the path and its permissions");
  }
  if (auto refusal = CheckPermissions(file.path, info, owners); !refusal.reason.empty()) return refusal;
  file.stamp = StampOf(info);
  file.bytes.resize(file.stamp.size_bytes);
  if (!ReadAll(fd.get(), file.bytes)) {
    return Refuse(reason::kFile, file.path, "a readable file", "\"" + ErrnoText() + "\"", "replace it by rename");
  }
  file.sha256 = state::Sha256Hex(file.bytes);
  ReadIdentity(file);
  return file;
}

bool Unchanged(const std::string& path, const FileStamp& stamp, Owners owners) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && StampOf(info) == stamp &&
         CheckPermissions(path, info, owners).reason.empty();
}

Refusal CheckAllowed(const PluginFile& file, const std::vector<config::PluginPin>& allow) {
  if (allow.empty()) return {};
  const config::PluginPin* same_id = nullptr;
  for (const auto& pin : allow) {
    if (pin.id != file.id) continue;
    if (pin.sha256.empty() || pin.sha256 == file.sha256) return {};
    same_id = &pin;
  }
  if (same_id != nullptr) {
    return Refuse(reason::kDigest, file.path, "sha256 " + same_id->sha256 + " as pinned for " + same_id->id,
                  "sha256 " + file.sha256,
                  "restore the pinned file, or change /plugins/allow if you trust the new one");
  }
  std::string listed;
  for (const auto& pin : allow) listed.append(listed.empty() ? "" : ", ").append(pin.id);
  return Refuse(reason::kAllowList, file.path, "a plugin of the allow-list (" + listed + ")", "\"" + file.id + "\"",
                "add {id: " + file.id + "} to /plugins/allow, or remove the file");
}

Refusal CheckMarker(const PluginFile& file) {
  const auto elf = ElfFile::Parse(file.bytes);
  if (!elf) {
    return Refuse(reason::kFormat, file.path, "a shared library for this machine", elf.error().message,
                  "build it with sluice_add_plugin, or copy it again");
  }
  if (!elf->HasSection(SLUICE_ABI_SECTION)) {
    for (const auto& section : elf->sections()) {
      if (!section.starts_with(kSectionStem)) continue;
      return Refuse(reason::kSection, file.path, "a plugin built for ABI 1",
                    "one built for ABI " + section.substr(kSectionStem.size()),
                    "this server speaks 1: install the plugin's build for SDK 1, or another server");
    }
    return Refuse(reason::kSection, file.path, "a section named " SLUICE_ABI_SECTION, "none",
                  "this is no Sluice plugin; a plugin in C puts SLUICE_ABI_MARKER at file scope");
  }
  const auto* symbol = elf->FindSymbol(SLUICE_PLUGIN_SYMBOL);
  if (symbol == nullptr) {
    return Refuse(reason::kSymbol, file.path, "an exported symbol " SLUICE_PLUGIN_SYMBOL, "none",
                  "end the plugin with SLUICE_PLUGIN(…), and export it from the linker's version script");
  }
  if (!symbol->object) {
    return Refuse(reason::kSymbol, file.path, "constant data under the symbol " SLUICE_PLUGIN_SYMBOL, "a function",
                  "export a sluice_plugin_entry of that name");
  }
  return {};
}

}  // namespace sluice::plugin
