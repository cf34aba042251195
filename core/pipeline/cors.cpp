// SPDX-License-Identifier: MIT
#include "core/pipeline/cors.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>
#include <string>

#include "core/http/server.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::pipeline {
namespace {

constexpr int kNoContent = 204;

bool AllowsAny(const std::vector<std::string>& list) {
  return list.empty() || std::find(list.begin(), list.end(), "*") != list.end();
}

std::string Joined(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& word : list) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// What the list says, or what was asked for where anything goes: "*" would leave out Authorization.
std::string Allowed(const std::vector<std::string>& list, const std::string& asked) {
  return AllowsAny(list) ? asked : Joined(list);
}

}  // namespace

bool IsCorsField(std::string_view name) {
  constexpr std::string_view kPrefix = "access-control-";
  return name.size() > kPrefix.size() && sdk::EqualsIgnoreCase(name.substr(0, kPrefix.size()), kPrefix);
}

bool IsPreflight(const http::ServerExchange& viewer) {
  const auto& request = viewer.request();
  return request.getMethod() == "OPTIONS" && request.has("Origin") && request.has("Access-Control-Request-Method");
}

std::vector<sdk::Header> CorsFields(const config::Cors& cors, const http::ServerExchange& viewer) {
  std::vector<sdk::Header> fields;
  if (AllowsAny(cors.allow_origins)) {
    fields.push_back({"Access-Control-Allow-Origin", "*"});
  } else {
    fields.push_back({"Vary", "Origin"});
    const auto origin = viewer.request().get("Origin", "");  // a copy: what it answers may be the default
    const auto& allowed = cors.allow_origins;
    if (std::find(allowed.begin(), allowed.end(), origin) == allowed.end()) return fields;
    fields.push_back({"Access-Control-Allow-Origin", origin});
  }
  fields.push_back({"Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag, X-Request-Id"});
  return fields;
}

sdk::Status ReplyPreflight(const config::Cors& cors, http::ServerExchange& viewer) {
  auto fields = CorsFields(cors, viewer);
  const bool allowed = upstream::FindField(fields, "Access-Control-Allow-Origin").has_value();
  upstream::DropField(fields, "Access-Control-Expose-Headers");
  if (allowed) {
    const auto& request = viewer.request();
    fields.push_back(
        {"Access-Control-Allow-Methods", Allowed(cors.allow_methods, request.get("Access-Control-Request-Method"))});
    const auto headers = Allowed(cors.allow_headers, request.get("Access-Control-Request-Headers", ""));
    if (!headers.empty()) fields.push_back({"Access-Control-Allow-Headers", headers});
  }
  auto head = MakeHead(kNoContent, fields);
  return viewer.Reply(head, {});
}

}  // namespace sluice::pipeline
