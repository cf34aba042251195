// SPDX-License-Identifier: MIT
#include "route.hpp"

#include <algorithm>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "resolver/common/path_check.hpp"

namespace sluice::plugins::route {
namespace {

/// Fields that the server sets itself: framing, connection management (RFC 9110 §7.6.1), and what it negotiates.
constexpr std::string_view kReserved[] = {
    "connection", "content-length",    "expect",  "host", "keep-alive", "proxy-connection", "range", "te",
    "trailer",    "transfer-encoding", "upgrade",
};

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// RFC 9110 §5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

/// RFC 6901 §3.
std::string EscapePointer(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

sdk::Result<std::vector<sdk::Header>> ReadHeaders(const sdk::Config& config) {
  std::vector<sdk::Header> headers;
  for (const auto& name : config.Keys("/headers")) {
    const auto at = "/headers/" + EscapePointer(name);
    if (!IsToken(name)) return Invalid(at + ": want a field name");
    const bool reserved = std::any_of(std::begin(kReserved), std::end(kReserved),
                                      [&](std::string_view field) { return sdk::EqualsIgnoreCase(field, name); });
    if (reserved) return Invalid(at + ": the server sets this field itself; want another");
    auto value = config.String(at);
    if (!sdk::IsFieldValue(value)) return Invalid(at + ": want a value without control characters");
    headers.push_back({name, std::move(value)});
  }
  return headers;
}

std::string WithoutSlashAtEnd(std::string_view text) {
  if (!text.empty() && text.back() == '/') text.remove_suffix(1);
  return std::string(text);
}

/// What follows `prefix`: empty, or starts with "/".
std::optional<std::string_view> Remainder(std::string_view path, std::string_view prefix) {
  if (path.substr(0, prefix.size()) != prefix) return std::nullopt;
  path.remove_prefix(prefix.size());
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

}  // namespace

Route::Route(Settings settings) : settings_(std::move(settings)) {}

sdk::Result<std::unique_ptr<Route>> Route::Create(sdk::Host, const sdk::Config& config) {
  const auto text = config.String("/origin");
  const auto url = sdk::ParseUrl(text);
  if (!url) return Invalid("/origin: " + url.error().message);
  if (!url->http()) return Invalid("/origin: want an http or https URL");
  if (url->host_port.data() != text.data() + url->scheme.size() + 3) {
    return Invalid("/origin: want no user name or password; use headers");
  }
  if (url->has_query) return Invalid("/origin: want no query");
  if (url->has_fragment) return Invalid("/origin: want no fragment");
  if (auto checked = resolver::CheckPath(url->path); !checked) return Invalid("/origin: " + checked.error().message);

  auto headers = ReadHeaders(config);
  if (!headers) return headers.error();
  return std::unique_ptr<Route>(new Route({.base = WithoutSlashAtEnd(text),
                                           .origin = sdk::Origin(*url),
                                           .prefix = WithoutSlashAtEnd(config.String("/strip_prefix")),
                                           .forward_query = config.String("/query") != "drop",
                                           .ranges = config.Bool("/ranges", true),
                                           .resumable = config.Bool("/resumable", true),
                                           .headers = std::move(*headers)}));
}

sdk::Result<sdk::Source> Route::Resolve(const sdk::Call&, const sdk::RequestHead& head) {
  const auto rest = Remainder(head.path, settings_.prefix);
  if (!rest) return sdk::Error{.code = sdk::Errc::kNotFound, .message = "the path is not under " + settings_.prefix};
  if (auto checked = resolver::CheckPath(*rest); !checked) return checked.error();

  sdk::Source source{.url = settings_.base,
                     .headers = settings_.headers,
                     .ranges = settings_.ranges,
                     .resumable = settings_.resumable};
  source.url += *rest;
  if (settings_.forward_query && !head.query.empty()) source.url.append("?").append(head.query);
  const auto url = sdk::ParseUrl(source.url);
  if (!url) return Invalid("the request target cannot go to the origin: want octets outside of URLs percent-encoded");
  if (url->has_fragment) return Invalid("the query has a \"#\"; want it percent-encoded");
  return source;
}

sdk::Result<sdk::Source> Route::ResolveChild(const sdk::Call&, const sdk::RequestHead&, const sdk::Child& child) {
  const auto url = sdk::ParseUrl(child.url);
  if (!url) return Invalid("the link is no URL that can be fetched");
  if (!url->http()) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "the link is neither http nor https"};
  }
  sdk::Source source{.url = std::string(child.url),
                     .ranges = settings_.ranges,
                     .context = std::string(child.context),
                     .resumable = settings_.resumable};
  if (sdk::Origin(*url) == settings_.origin) source.headers = settings_.headers;
  return source;
}

}  // namespace sluice::plugins::route
