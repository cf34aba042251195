// SPDX-License-Identifier: MIT
#include "core/pipeline/match.hpp"

#include <algorithm>
#include <string_view>

#include "core/http/server.hpp"
#include "core/pipeline/host_glob.hpp"

namespace sluice::pipeline {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

bool MatchesOrigin(const config::Match& match, const http::ServerExchange& viewer) {
  if (!match.listeners.empty() && !Contains(match.listeners, viewer.listener())) return false;
  if (!match.protocols.empty() && !Contains(match.protocols, viewer.secure() ? "https" : "http")) return false;
  return match.hosts.empty() || std::any_of(match.hosts.begin(), match.hosts.end(),
                                            [&](const std::string& glob) { return MatchesHost(glob, viewer.host()); });
}

bool MatchesMethod(const config::Match& match, const std::string& method) {
  return match.methods.empty() || Contains(match.methods, method) ||
         (method == "HEAD" && Contains(match.methods, "GET"));
}

}  // namespace sluice::pipeline
