// SPDX-License-Identifier: MIT
#include "core/cli/manifest_links.hpp"

#include "core/pipeline/references.hpp"
#include "core/state/links.hpp"
#include "core/upstream/file.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::cli {
namespace {

constexpr std::uint32_t kMaxRedirects = 5;

}  // namespace

bool IsWeb(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

std::string ReadableLinks::Proxied(std::string_view absolute_url, sdk::LinkKind kind) {
  return Link({.url = absolute_url, .kind = kind}).value();
}

sdk::Result<std::string> ReadableLinks::Link(const sdk::LinkOrder& order) {
  if (!IsWeb(order.url) && !order.url.starts_with("file:")) return std::string(order.url);
  const auto [at, fresh] =
      known_.try_emplace({std::string(order.url), std::string(order.note), order.kind}, made_.size());
  if (fresh) {
    auto link = "/~/" + std::string(state::NameOf(order.kind)) + "/" + std::to_string(made_.size() + 1) + "/";
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
  if (auto range = pipeline::RangeField(reference)) request.headers.push_back(std::move(*range));
  auto response = request.url.starts_with("file:") ? upstream::FetchFile(request) : client_.Fetch(*call_, request);
  if (!response) return std::move(response).error();
  return upstream::ReadWhole(std::move(*response), request.method, reference.max_bytes);
}

}  // namespace sluice::cli
