// SPDX-License-Identifier: MIT
#include "home.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <sluice/sdk/url.hpp>
#include <string_view>
#include <utility>

#include "endpoint/common/reply.hpp"
#include "pages.hpp"

namespace sluice::plugins::admin {
namespace {

enum RouteIndex : std::size_t { kRoot, kAsset, kOverview };

// hls.js parses segments in a worker that it makes from a blob, and hands the result to the video element as one.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob: data:; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors "
    "'none'";

std::string_view TypeOf(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
  }};
  for (const auto& [extension, type] : kTypes) {
    if (path.ends_with(extension)) return type;
  }
  return "application/octet-stream";
}

/// A JSON string (RFC 8259 §7). `</` is broken up, should the text ever stand inside a script element.
std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == '<') {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x",
                    static_cast<unsigned int>(static_cast<unsigned char>(c)));
      out += escaped.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

sdk::Status Send(sdk::ResponseWriter& response, std::string_view type, std::string_view caching,
                 std::string_view content) {
  return endpoint::Reply(response, 200,
                         {{"Content-Type", std::string(type)},
                          {"Cache-Control", std::string(caching)},
                          {"Content-Security-Policy", std::string(kContentSecurityPolicy)},
                          {"Referrer-Policy", "no-referrer"}},
                         content);
}

sdk::Status SendPage(sdk::ResponseWriter& response, const std::string& path, std::string_view caching) {
  const auto pages = Pages();
  const auto page = std::find_if(pages.begin(), pages.end(), [&](const Page& held) { return held.path == path; });
  if (page == pages.end()) {
    return sdk::Error{.code = sdk::Errc::kNotFound,
                      .message = pages.empty() ? "this plugin was built without its pages" : "no such page"};
  }
  return Send(response, TypeOf(path), caching, page->content);
}

}  // namespace

Home::Home(sdk::Host host, std::string stream_json, bool show_pipelines)
    : host_(std::move(host)), stream_json_(std::move(stream_json)), show_pipelines_(show_pipelines) {}

sdk::Result<std::unique_ptr<Home>> Home::Create(sdk::Host host, const sdk::Config& config) {
  const auto stream = config.String("/stream");
  if (!stream.empty() && (!stream.starts_with('/') || stream.starts_with("//"))) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                      .message = "/stream: want a path on this gateway, such as \"/demo/clip/master.m3u8\""};
  }
  return std::unique_ptr<Home>(new Home(std::move(host), Quote(stream), config.Bool("/show_pipelines")));
}

std::vector<sdk::Route> Home::Routes() const {
  return {{.method = "GET", .path_template = "/", .scope = {}},
          {.method = "GET", .path_template = "/assets/{name}", .scope = {}},
          {.method = "GET", .path_template = "/home.json", .scope = {}}};
}

sdk::Result<std::optional<sdk::Source>> Home::Handle(const sdk::Call&, std::size_t route, const sdk::RequestHead& head,
                                                     std::span<const std::byte>, sdk::ResponseWriter& response) {
  const auto sent = [&]() -> sdk::Status {
    switch (route) {
      case kRoot:
        return SendPage(response, "/index.html", "no-cache");
      // The build names these by their content, so they never change.
      case kAsset: {
        const auto name = head.params.empty() ? std::string_view() : head.params.back().value;
        return SendPage(response, "/assets/" + std::string(name), "public, max-age=31536000, immutable");
      }
      case kOverview:
        return SendOverview(response);
      default:
        return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such route"};
    }
  }();
  if (!sent) return sent.error();
  return std::optional<sdk::Source>{};
}

sdk::Status Home::SendOverview(sdk::ResponseWriter& response) const {
  std::string pipelines = R"("pipelines":[])";
  if (show_pipelines_) {
    auto answer = host_.admin().Query("pipelines");
    if (!answer) return std::move(answer).error();
    pipelines = answer->substr(1, answer->size() - 2);  // {"pipelines":[…]} without its braces
  }
  return Send(response, "application/json", "no-store", "{\"stream\":" + stream_json_ + "," + pipelines + "}");
}

}  // namespace sluice::plugins::admin
