// SPDX-License-Identifier: MIT
#include "pathway.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/url.hpp>

#include "note.hpp"

namespace sluice::plugins::hls {
namespace {

sdk::Error NoSuchPathway() { return {.code = sdk::Errc::kNotFound, .message = "no such pathway"}; }

struct Opened {
  std::string scope;
  Pathway pathway;
};

sdk::Result<Opened> Open(std::string_view sealed, sdk::SecretsService& secrets) {
  const auto octets = sdk::Base64UrlDecode(sealed);
  if (!octets) return NoSuchPathway();
  const auto packed = secrets.OpenDeterministic(*octets);
  if (!packed) return NoSuchPathway();
  Opened out;
  Items items(*packed);
  std::string_view name;
  std::string_view value;
  if (!items.Next(name) || !items.Next(value)) return NoSuchPathway();
  out.scope = name;
  out.pathway.host = value;
  while (items.Next(name) && items.Next(value)) out.pathway.params.emplace_back(name, value);
  return out;
}

bool HasPort(std::string_view host) {
  const auto colon = host.rfind(':');
  return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
}

/// RFC 3986 §3.2.2: user name and port stay, unless `host` has a port of its own.
sdk::Status SetHost(std::string_view host, std::string& url) {
  const auto parts = sdk::ParseUrl(url);
  if (!parts) return parts.error();
  const auto begin = static_cast<std::size_t>(parts->host_port.data() - url.data());
  const auto size = parts->host.size() + (parts->ipv6 ? 2 : 0);
  url.replace(begin, HasPort(host) ? parts->host_port.size() : size, host);
  return sdk::Ok();
}

}  // namespace

bool IsHost(std::string_view host) {
  const auto text = "https://" + std::string(host) + "/";
  const auto url = sdk::ParseUrl(text);
  return url && url->host_port == host && !host.ends_with(':');
}

sdk::Result<std::string> SealPathway(std::string_view scope, const Pathway& pathway, sdk::SecretsService& secrets) {
  std::string packed;
  Items::Put(scope, packed);
  Items::Put(pathway.host, packed);
  for (const auto& [name, value] : pathway.params) {
    Items::Put(name, packed);
    Items::Put(value, packed);
  }
  const auto sealed = secrets.SealDeterministic(packed);
  if (!sealed) return sealed.error();
  return sdk::Base64UrlEncode(*sealed);
}

sdk::Result<std::string> MoveToPathway(std::string_view url, std::string_view note, std::string_view sealed,
                                       sdk::SecretsService& secrets) {
  std::string out(url);
  const auto carried = Note::Unpack(note);
  if (!carried || carried->scope.empty()) return out;
  const auto opened = Open(sealed, secrets);
  if (!opened) return opened.error();
  if (opened->scope != carried->scope) return NoSuchPathway();
  const auto& [host, params] = opened->pathway;
  if (!host.empty())
    if (auto set = SetHost(host, out); !set) return std::move(set).error();
  for (const auto& [name, value] : params)
    SetQueryParam(name, sdk::PercentEncode(name) + "=" + sdk::PercentEncode(value), out);
  return out;
}

void SetQueryParam(std::string_view name, std::string_view pair, std::string& url) {
  const auto hash = std::min(url.find('#'), url.size());
  const auto fragment = url.substr(hash);
  url.resize(hash);
  const auto mark = url.find('?');
  std::string query;
  if (mark != std::string::npos) {
    query = sdk::WithoutQueryParam(std::string_view(url).substr(mark + 1), name);
    url.resize(mark);
  }
  url.append("?").append(query).append(query.empty() ? "" : "&").append(pair).append(fragment);
}

}  // namespace sluice::plugins::hls
