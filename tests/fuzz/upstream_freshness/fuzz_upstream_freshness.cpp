// SPDX-License-Identifier: MIT
/// \file
/// What an origin says about keeping its response, beside what a viewer asked; and the URL of a proxy.
/// Input: "name:value" lines of the request, an empty line, lines of the response. Each value is tried as a proxy, too.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/net/ip_address.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/freshness.hpp"
#include "core/upstream/proxy.hpp"

namespace {

using namespace sluice;
using Fields = std::vector<sdk::Header>;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view TakeLine(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

Fields ReadFields(std::string_view& text) {
  Fields fields;
  while (!text.empty()) {
    const auto line = TakeLine(text);
    if (line.empty()) break;
    const auto colon = std::min(line.find(':'), line.size());
    fields.push_back({std::string(line.substr(0, colon)), std::string(line.substr(std::min(colon + 1, line.size())))});
  }
  return fields;
}

void CheckFreshness(const Fields& request, const Fields& response) {
  const sdk::Seconds now(std::chrono::seconds(784111777));
  const auto fresh = upstream::FreshnessOf(request, 200, response, now, std::chrono::seconds(1));
  for (const auto& name : upstream::VaryOf(response).value_or(std::vector<std::string>())) {
    Require(!name.empty() && name != "*");
    (void)upstream::FieldText(request, name);
  }
  if (!fresh) return;
  Require(fresh->age.count() >= 1 && fresh->left.count() > 0);
  for (const sdk::Header& veto : {sdk::Header{"cache-control", "NO-STORE"}, sdk::Header{"Cache-Control", "x, private"},
                                  sdk::Header{"CACHE-CONTROL", "no-cache"}, sdk::Header{"set-cookie", "a=b"}}) {
    auto vetoed = response;
    vetoed.insert(vetoed.begin(), veto);
    Require(!upstream::FreshnessOf(request, 200, vetoed, now, std::chrono::seconds(1)));
  }
}

void CheckProxy(std::string_view url) {
  const auto proxy = upstream::ProxyOptions::Parse(url);
  if (!proxy) return;
  Require(proxy->port != 0 && proxy->user.size() <= 255 && proxy->password.size() <= 255);
  Require(upstream::IsHostName(proxy->host) || net::IpAddress::Parse(proxy->host).has_value());
  Require((proxy->user + proxy->password).find_first_of("\r\n") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = ReadFields(text);
  const auto response = ReadFields(text);
  CheckFreshness(request, response);
  for (const auto& field : response) CheckProxy(field.value);
  return 0;
}
