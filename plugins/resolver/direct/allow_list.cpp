// SPDX-License-Identifier: MIT
#include "allow_list.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <sluice/sdk/text.hpp>

#include "resolver/common/path_check.hpp"

namespace sluice::plugins::direct {
namespace {

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

bool MatchesAny(const std::vector<std::string>& globs, const std::string& path) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), path.c_str(), FNM_EXTMATCH | FNM_NOESCAPE) == 0;
  });
}

}  // namespace

std::optional<std::string> ToFnmatch(std::string_view glob) {
  std::string out;
  int depth = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < glob.size(); ++i) {
    const char c = glob[i];
    if (in_class) {
      out += c;
      in_class = c != ']';
    } else if (c == '[') {
      out += c;
      in_class = true;
    } else if (c == '{') {
      out += "@(";
      ++depth;
    } else if (c == '}' && depth > 0) {
      out += ')';
      --depth;
    } else if (c == ',' && depth > 0) {
      out += '|';
    } else if (std::string_view("()|").find(c) != std::string_view::npos) {
      out.append("[").append(1, c).append("]");  // plain characters here, operators to fnmatch
    } else {
      out += c;
    }
  }
  if (in_class || depth > 0) return std::nullopt;
  return out;
}

sdk::Result<AllowList> AllowList::Read(const sdk::Config& config) {
  AllowList list;
  for (std::size_t i = 0, n = config.Size("/allowlist"); i < n; ++i) {
    const auto at = "/allowlist/" + std::to_string(i);
    Entry entry{.domain = sdk::LowerCase(config.String(at + "/domain")), .schemes = {}, .paths = {}};
    const auto host = ParseDestination("https://" + entry.domain + "/");
    if (!host || host->host != entry.domain) {
      return Invalid(at + "/domain: want a host name or an address, without scheme, port and path");
    }
    for (const auto& scheme : config.Strings(at + "/schemes")) entry.schemes.push_back(sdk::LowerCase(scheme));
    if (entry.schemes.empty()) entry.schemes.emplace_back("https");
    const auto paths = config.Strings(at + "/paths");
    for (std::size_t k = 0; k < paths.size(); ++k) {
      auto glob = ToFnmatch(paths[k]);
      if (!glob) return Invalid(at + "/paths/" + std::to_string(k) + ": want a glob whose braces and brackets close");
      entry.paths.push_back(std::move(*glob));
    }
    list.entries_.push_back(std::move(entry));
  }
  return list;
}

sdk::Status AllowList::Check(const Destination& destination) const {
  for (const auto& entry : entries_) {
    if (entry.domain != destination.host) continue;
    if (std::find(entry.schemes.begin(), entry.schemes.end(), destination.scheme) == entry.schemes.end()) continue;
    if (entry.paths.empty()) return sdk::Ok();
    if (auto checked = resolver::CheckPath(destination.path); !checked) {
      return Invalid("invalid destination url: " + checked.error().message);
    }
    if (MatchesAny(entry.paths, destination.path)) return sdk::Ok();
  }
  return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                    .message = "destination `" + destination.Label() + "` is not allowlisted"};
}

}  // namespace sluice::plugins::direct
