// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Refusal: why a plugin was not loaded.

#include <string>
#include <string_view>

namespace sluice::plugin {

/// Label values of `sluice_plugin_load_failures_total`.
namespace reason {
inline constexpr std::string_view kFile = "file";  ///< Missing, unreadable, or no file.
inline constexpr std::string_view kAllowList = "allow_list";
inline constexpr std::string_view kPermissions = "permissions";
inline constexpr std::string_view kDigest = "digest";
inline constexpr std::string_view kFormat = "format";            ///< No shared library for this machine.
inline constexpr std::string_view kSection = "section";          ///< No marker, or that of another ABI.
inline constexpr std::string_view kGenerations = "generations";  ///< Too many builds of one plugin.
inline constexpr std::string_view kCache = "cache";              ///< The private copy could not be made.
inline constexpr std::string_view kDlopen = "dlopen";
inline constexpr std::string_view kSymbol = "symbol";
inline constexpr std::string_view kVersion = "version";
inline constexpr std::string_view kComponent = "component";
inline constexpr std::string_view kSchema = "schema";
inline constexpr std::string_view kDuplicate = "duplicate";  ///< Another plugin brings the same.
inline constexpr std::string_view kInit = "init";
}  // namespace reason

struct Refusal {
  std::string reason;   ///< One of `reason::k…`.
  std::string message;  ///< "FILE: want W, found F; REMEDY"
};

inline Refusal Refuse(std::string_view reason, std::string_view file, std::string_view want, std::string_view found,
                      std::string_view remedy) {
  std::string message(file);
  message.append(": want ").append(want).append(", found ").append(found).append("; ").append(remedy);
  return {std::string(reason), std::move(message)};
}

}  // namespace sluice::plugin
