// SPDX-License-Identifier: MIT
#include "core/cli/manifest_links.hpp"

#include "core/upstream/file.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::cli {
namespace {

constexpr std::uint32_t kMaxRedirects = 5;

bool IsFetchable(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://") || url.starts_with("file:");
}

}  // namespace

std::string_view NameOf(sdk::LinkKind kind) {
  switch (kind) {
    case sdk::LinkKind::kManifest:
      return "manifest";
    case sdk::LinkKind::kSegment:
      return "segment";
    case sdk::LinkKind::kInit:
      return "init";
    case sdk::LinkKind::kKey:
      return "key";
    case sdk::LinkKind::kSubtitle:
      return "subtitle";
    case sdk::LinkKind::kImage:
      return "image";
    case sdk::LinkKind::kData:
      break;
  }
  return "data";
}

std::string ReadableLinks::Proxied(std::string_view absolute_url, sdk::LinkKind kind) {
  return Link({.url = absolute_url, .kind = kind}).value();
}

sdk::Result<std::string> ReadableLinks::Link(const sdk::LinkOrder& order) {
  if (!IsFetchable(order.url)) return std::string(order.url);
  const auto [at, fresh] =
      known_.try_emplace({std::string(order.url), std::string(order.note), order.kind}, made_.size());
  if (fresh) {
    auto link = "/~/" + std::string(NameOf(order.kind)) + "/" + std::to_string(made_.size() + 1) + "/";
    link.append(order.url);
    made_.push_back({.link = std::move(link),
                     .url = std::string(order.url),
                     .note = std::string(order.note),
                     .kind = order.kind,
                     .is_template = order.is_template});
  }
  return made_[at->second].link;
}

OwnFetcher::OwnFetcher() : client_({.trusted = {"0.0.0.0/0", "::/0"}}, registry_) {}

sdk::Result<sdk::HttpResponse> OwnFetcher::Fetch(const sdk::Reference& reference) {
  upstream::Request request{
      .url = std::string(reference.url), .max_redirects = kMaxRedirects, .body_deadline = call_->deadline()};
  if (reference.offset > 0 || reference.length > 0) {
    const auto last = reference.length > 0 ? std::to_string(reference.offset + reference.length - 1) : std::string();
    request.headers.push_back({"Range", "bytes=" + std::to_string(reference.offset) + "-" + last});
  }
  auto response = request.url.starts_with("file:") ? upstream::FetchFile(request) : client_.Fetch(*call_, request);
  if (!response) return std::move(response).error();
  auto body = upstream::ReadWhole(*response, request.method, reference.max_bytes);
  if (!body) return std::move(body).error();
  return sdk::HttpResponse{.status = response->status,
                           .url = std::move(response->url),
                           .headers = std::move(response->headers),
                           .body = std::move(*body)};
}

}  // namespace sluice::cli
