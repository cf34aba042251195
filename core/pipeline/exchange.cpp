// SPDX-License-Identifier: MIT
#include "core/pipeline/exchange.hpp"

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/own_requests.hpp"
#include "core/pipeline/shared_fetch.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/target.hpp"

namespace sluice::pipeline {

PendingFetch::PendingFetch() = default;
PendingFetch::~PendingFetch() = default;

Exchange::Exchange(http::ServerExchange& from, std::shared_ptr<const Snapshot> of, const Pipeline& by)
    : viewer(from), snapshot(std::move(of)), pipeline(by), query(from.query()), headers(from.fields()) {
  std::erase_if(headers, [](const sdk::Header& field) { return OwnRequests::IsMark(field.name); });
}

void Exchange::FillHead(HeadView& view, std::string_view path) const {
  view.headers.clear();
  view.params.clear();
  for (const auto& header : headers) view.headers.push_back({header.name, header.value});
  for (const auto& capture : captures) view.params.push_back({capture.name, capture.value});
  view.head = {.method = viewer.method(),
               .path = path,
               .query = query,
               .headers = view.headers,
               .params = view.params,
               .principal = principal ? &*principal : nullptr};
}

std::string_view Exchange::Header(std::string_view name) const {
  return upstream::FindField(headers, name).value_or("");
}

const Step& Exchange::fetching() const {
  static const Step kDefault{};
  return fetch_step == nullptr ? kDefault : *fetch_step;
}

sdk::Result<std::string_view> Exchange::Body() {
  const auto max_bytes = pipeline.max_body_bytes;
  if (!body) body = viewer.ReadBody(max_bytes);
  if (!*body) return body->error();
  const std::string_view text = body->value();
  if (text.size() <= max_bytes) return text;
  return sdk::Error{.code = http::kBodyTooLarge,
                    .message = "request body: want at most " + std::to_string(max_bytes) + " bytes"};
}

std::string HomeOf(const Exchange& exchange) {
  return exchange.home.empty() ? upstream::OriginOf(exchange.source->url) : exchange.home;
}

bool IsStranger(const Exchange& exchange, std::string_view url) {
  if (exchange.home.empty() && url == exchange.source->url) return false;
  return upstream::OriginOf(url) != HomeOf(exchange);
}

std::string_view ViewerScheme(const Exchange& exchange) { return exchange.viewer.secure() ? "https" : "http"; }

}  // namespace sluice::pipeline
