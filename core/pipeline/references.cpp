// SPDX-License-Identifier: MIT
#include "core/pipeline/references.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/pipeline/minter.hpp"
#include "core/pipeline/request_fields.hpp"
#include "core/upstream/file.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::pipeline {

std::optional<sdk::Header> RangeField(const sdk::Reference& reference) {
  if (reference.offset == 0 && reference.length == 0) return std::nullopt;
  auto range = "bytes=" + std::to_string(reference.offset) + "-";
  if (reference.length > 0) {
    const auto room = std::numeric_limits<std::uint64_t>::max() - reference.offset;
    range += std::to_string(reference.offset + std::min(reference.length - 1, room));
  }
  return sdk::Header{"Range", std::move(range)};
}

sdk::Result<sdk::Source> References::SourceOf(std::string_view url, sdk::LinkKind kind) const {
  return ResolveChild(exchange_.resolve_step, exchange_, call_,
                      {.url = url, .context = exchange_.source->context, .kind = kind});
}

sdk::Result<sdk::HttpResponse> References::Fetch(const sdk::Reference& reference) {
  used_ = true;
  if (!minter_.Fetchable(reference.url)) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                      .message = "the manifest refers to what it may not; want an http or https URL"};
  }
  auto source = SourceOf(reference.url, reference.kind);
  if (!source) return std::move(source).error();
  const auto& step = exchange_.fetching();
  const auto& fetch = step.config.fetch;
  upstream::Request request{.method = "GET",
                            .url = source->url,
                            .headers = RequestFields(exchange_, *source, fetch, true),
                            .body = {},
                            .connect_timeout = fetch.connect_timeout,
                            .read_timeout = fetch.read_timeout,
                            .max_redirects = fetch.max_redirects,
                            .body_deadline = call_.deadline(),
                            .profile = step.profile.get(),
                            .home = HomeOf(exchange_)};
  if (auto range = RangeField(reference)) request.headers.push_back(std::move(*range));
  request.on_redirect = [&](std::string_view url) -> sdk::Result<std::vector<sdk::Header>> {
    auto next = SourceOf(url, reference.kind);
    if (!next) return std::move(next).error();
    return std::move(next->headers);
  };
  auto response =
      request.url.starts_with("file:") ? upstream::FetchFile(request) : context_.client.Fetch(call_, request);
  if (!response) return WithoutPeer(exchange_, std::move(response).error());
  auto whole = upstream::ReadWhole(std::move(*response), request.method, reference.max_bytes);
  if (!whole) return WithoutPeer(exchange_, std::move(whole).error());
  return whole;
}

}  // namespace sluice::pipeline
