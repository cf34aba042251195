// SPDX-License-Identifier: MIT
#include "core/upstream/freshness.hpp"

#include <algorithm>
#include <charconv>

#include "core/http/head_scanner.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;
using std::chrono::seconds;

constexpr seconds kForEver{1U << 31U};  // RFC 9111 §1.2.2

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes one element off `list`; a comma in a quoted string ends nothing.
std::string_view TakeElement(std::string_view& list) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (quoted || list[end] != ','); ++end) {
    if (quoted && list[end] == '\\') {
      ++end;
    } else if (list[end] == '"') {
      quoted = !quoted;
    }
  }
  end = std::min(end, list.size());
  const auto element = Trim(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return element;
}

/// RFC 9111 §1.2.2; more digits than fit mean for ever.
std::optional<seconds> ReadSeconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > static_cast<std::uint64_t>(kForEver.count())) return kForEver;
  return seconds(value);
}

void Lower(std::optional<seconds>& held, std::string_view text) {
  const auto value = ReadSeconds(text).value_or(seconds(0));
  held = std::min(held.value_or(value), value);
}

void Read(std::string_view directive, CacheControl& out) {
  const auto equals = directive.find('=');
  const auto name = Trim(directive.substr(0, equals));
  const auto value = equals == std::string_view::npos ? std::string_view() : Trim(directive.substr(equals + 1));
  if (EqualNoCase(name, "no-store")) out.no_store = true;
  if (EqualNoCase(name, "no-cache")) out.no_cache = true;
  if (EqualNoCase(name, "private")) out.is_private = true;
  if (EqualNoCase(name, "public")) out.is_public = true;
  if (EqualNoCase(name, "must-revalidate")) out.must_revalidate = true;
  if (EqualNoCase(name, "max-age")) Lower(out.max_age, value);
  if (EqualNoCase(name, "s-maxage")) Lower(out.s_maxage, value);
}

/// RFC 9111 §4.2.1
std::optional<seconds> LifetimeOf(const CacheControl& control, std::span<const sdk::Header> response,
                                  sdk::Seconds date) {
  if (control.s_maxage) return control.s_maxage;
  if (control.max_age) return control.max_age;
  const auto expires = FindField(response, "Expires");
  if (!expires) return std::nullopt;
  const auto when = ParseHttpDate(*expires);
  return when ? std::optional<seconds>(*when - date) : std::nullopt;  // "0" and the like: in the past
}

}  // namespace

CacheControl CacheControl::Of(std::span<const sdk::Header> fields) {
  CacheControl control;
  for (const auto& field : fields) {
    if (!EqualNoCase(field.name, "Cache-Control")) continue;
    for (std::string_view list = field.value; !list.empty();) Read(TakeElement(list), control);
  }
  return control;
}

std::optional<Freshness> FreshnessOf(std::span<const sdk::Header> request, int status,
                                     std::span<const sdk::Header> response, sdk::Seconds now, seconds taken) {
  if (status != 200 || FindField(response, "Set-Cookie") || FindField(response, "Content-Range")) return std::nullopt;
  const auto control = CacheControl::Of(response);
  if (control.no_store || control.no_cache || control.is_private || CacheControl::Of(request).no_store) {
    return std::nullopt;
  }
  // RFC 9111 §3.5; a cookie tells who asks as well as Authorization does.
  const bool personal = FindField(request, "Authorization") || FindField(request, "Cookie");
  if (personal && !control.is_public && !control.must_revalidate && !control.s_maxage) return std::nullopt;
  const auto date = ParseHttpDate(FindField(response, "Date").value_or("")).value_or(now);
  const auto lifetime = LifetimeOf(control, response, date);
  if (!lifetime) return std::nullopt;
  const auto age = std::max<seconds>(std::max<seconds>(now - date, seconds(0)), AgeOf(response) + taken);
  if (*lifetime <= age) return std::nullopt;
  return Freshness{age, *lifetime - age};
}

seconds AgeOf(std::span<const sdk::Header> response) {
  return ReadSeconds(FindField(response, "Age").value_or("")).value_or(seconds(0));
}

std::optional<std::vector<std::string>> VaryOf(std::span<const sdk::Header> response) {
  std::vector<std::string> names;
  for (const auto& field : response) {
    if (!EqualNoCase(field.name, "Vary")) continue;
    for (const auto element : ListElements(field.value)) {
      if (element == "*") return std::nullopt;
      std::string name(element);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  }
  return names;
}

std::string FieldText(std::span<const sdk::Header> fields, std::string_view name) {
  std::string text;
  for (const auto& field : fields) {
    if (!EqualNoCase(field.name, name)) continue;
    text.append(text.empty() ? "" : ", ").append(Trim(field.value));
  }
  return text;
}

}  // namespace sluice::upstream
