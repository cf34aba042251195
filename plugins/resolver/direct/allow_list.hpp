// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AllowList: where viewers may send the gateway.

#include <memory>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "destination.hpp"

namespace sluice::plugins::direct {

/// Empty: nowhere. Immutable. Threads: [any].
class AllowList {
 public:
  /// Reads `/allowlist`. \returns  kInvalidArgument naming the entry and what was wanted.
  static sdk::Result<AllowList> Read(const sdk::Config& config);

  /// \returns  kPermissionDenied when no entry covers it; kInvalidArgument when an entry says which paths, and this
  ///           one may be read in two ways.
  sdk::Status Check(const Destination& destination) const;

 private:
  struct Entry {
    std::string domain;                ///< Lower case; IPv6 in brackets.
    std::vector<std::string> schemes;  ///< Lower case.
    std::vector<std::string> paths;    ///< For fnmatch(3), `*` crosses "/". Empty: all.
  };
  std::vector<Entry> entries_;
};

/// A glob as operators write it, for fnmatch(3): `{a,b}` becomes `@(a|b)`.
/// \returns  nothing for an unclosed `{` or `[`.
std::optional<std::string> ToFnmatch(std::string_view glob);

}  // namespace sluice::plugins::direct
