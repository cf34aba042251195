// SPDX-License-Identifier: MIT
#include "core/upstream/cookies.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "core/http/head_scanner.hpp"
#include "core/net/ip_address.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;
using http::TrimSpace;

std::pair<std::string_view, std::string_view> Split(std::string_view pair) {
  const auto equals = std::min(pair.find('='), pair.size());
  return {TrimSpace(pair.substr(0, equals)), TrimSpace(pair.substr(std::min(equals + 1, pair.size())))};
}

/// RFC 6265 §5.1.3. \param domain  lower case.
bool DomainMatches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.' &&
         !net::IpAddress::Parse(host);
}

std::string_view PathOf(const Target& target) { return std::string_view(target.path).substr(0, target.path.find('?')); }

/// RFC 6265 §5.1.4.
std::string_view DefaultPath(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? "/" : path.substr(0, slash);
}

bool PathMatches(std::string_view path, std::string_view cookie_path) {
  if (!path.starts_with(cookie_path)) return false;
  return path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/';
}

bool IsCookieText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

}  // namespace

bool Cookies::Parse(const Target& from, std::string_view text, Cookie& cookie, bool& deleted) {
  const auto [name, value] = Split(sdk::TakeUpTo(text, ';'));
  if (name.empty() || name.size() + value.size() > kMaxCookieBytes || !IsCookieText(name) || !IsCookieText(value)) {
    return false;
  }
  cookie = {.name = std::string(name),
            .value = std::string(value),
            .domain = from.origin.host,
            .path = std::string(DefaultPath(PathOf(from)))};
  deleted = false;
  while (!text.empty()) {
    const auto [attribute, setting] = Split(sdk::TakeUpTo(text, ';'));
    if (EqualNoCase(attribute, "Secure")) cookie.secure = true;
    if (EqualNoCase(attribute, "Path") && setting.starts_with('/')) cookie.path = std::string(setting);
    if (EqualNoCase(attribute, "Max-Age")) deleted = setting == "0" || setting.starts_with('-');
    if (EqualNoCase(attribute, "Domain") && !setting.empty()) {
      cookie.domain = sdk::LowerCase(setting.substr(setting.starts_with('.') ? 1 : 0));
      cookie.host_only = false;
    }
  }
  if (cookie.secure && !from.origin.tls) return false;
  if (cookie.host_only || cookie.domain == from.origin.host) return true;
  // A domain of one label is whole countries', not the server's.
  return cookie.domain.find('.') != std::string::npos && DomainMatches(from.origin.host, cookie.domain);
}

bool Cookies::Fits(const Cookie& cookie, const Target& to) {
  if (cookie.secure && !to.origin.tls) return false;
  const bool host = cookie.host_only ? to.origin.host == cookie.domain : DomainMatches(to.origin.host, cookie.domain);
  return host && PathMatches(PathOf(to), cookie.path);
}

void Cookies::Take(const Target& from, std::span<const sdk::Header> response) {
  for (const auto& field : response) {
    if (!EqualNoCase(field.name, "Set-Cookie")) continue;
    Cookie cookie;
    bool deleted = false;
    if (!Parse(from, field.value, cookie, deleted)) continue;
    std::erase_if(jar_, [&](const Cookie& other) {
      return other.name == cookie.name && other.domain == cookie.domain && other.path == cookie.path;
    });
    if (!deleted && jar_.size() < kMaxCookies) jar_.push_back(std::move(cookie));
  }
}

std::string Cookies::For(const Target& to, std::string_view present) const {
  std::vector<const Cookie*> fitting;
  for (const auto& cookie : jar_) {
    if (Fits(cookie, to)) fitting.push_back(&cookie);
  }
  // RFC 6265 §5.4: longer paths first.
  std::stable_sort(fitting.begin(), fitting.end(),
                   [](const Cookie* a, const Cookie* b) { return a->path.size() > b->path.size(); });
  std::string value;
  const auto append = [&](std::string_view name, std::string_view text) {
    if (!value.empty()) value += "; ";
    value.append(name).append("=").append(text);
  };
  while (!present.empty()) {
    const auto [name, text] = Split(sdk::TakeUpTo(present, ';'));
    const auto sets_anew = [set = name](const Cookie* cookie) { return cookie->name == set; };
    const bool anew = std::any_of(fitting.begin(), fitting.end(), sets_anew);
    if (!name.empty() && !anew) append(name, text);
  }
  for (const auto* cookie : fitting) append(cookie->name, cookie->value);
  return value;
}

}  // namespace sluice::upstream
