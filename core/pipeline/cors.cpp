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
  return viewer.method() == "OPTIONS" && viewer.FindField("Origin") != nullptr &&
         viewer.FindField("Access-Control-Request-Method") != nullptr;
}

std::vector<sdk::Header> CorsFields(const config::Cors& cors, const http::ServerExchange& viewer) {
  std::vector<sdk::Header> fields;
  if (AllowsAny(cors.allow_origins)) {
    fields.push_back({"Access-Control-Allow-Origin", "*"});
  } else {
    fields.push_back({"Vary", "Origin"});
    const auto* const origin = viewer.FindField("Origin");
    const auto& allowed = cors.allow_origins;
    if (origin == nullptr || std::find(allowed.begin(), allowed.end(), *origin) == allowed.end()) return fields;
    fields.push_back({"Access-Control-Allow-Origin", *origin});
  }
  fields.push_back({"Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag, X-Request-Id"});
  return fields;
}

sdk::Status ReplyPreflight(const config::Cors& cors, http::ServerExchange& viewer) {
  auto fields = CorsFields(cors, viewer);
  const bool allowed = upstream::FindField(fields, "Access-Control-Allow-Origin").has_value();
  upstream::DropField(fields, "Access-Control-Expose-Headers");
  if (allowed) {
    const auto* const method = viewer.FindField("Access-Control-Request-Method");  // IsPreflight: it is there
    fields.push_back({"Access-Control-Allow-Methods", Allowed(cors.allow_methods, *method)});
    const auto* const asked = viewer.FindField("Access-Control-Request-Headers");
    const auto headers = Allowed(cors.allow_headers, asked == nullptr ? std::string() : *asked);
    if (!headers.empty()) fields.push_back({"Access-Control-Allow-Headers", headers});
  }
  return viewer.Reply({.status = kNoContent, .fields = fields}, {});
}

}  // namespace sluice::pipeline
