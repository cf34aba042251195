// SPDX-License-Identifier: MIT
#include "core/pipeline/response_head.hpp"

#include <array>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/url.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/cors.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/pipeline/field_policy.hpp"
#include "core/pipeline/head_edit.hpp"
#include "core/pipeline/report.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::array<std::string_view, 21> kVisible = {"accept-ranges",
                                                       "age",
                                                       "cache-control",
                                                       "content-disposition",
                                                       "content-encoding",
                                                       "content-language",
                                                       "content-length",
                                                       "content-range",
                                                       "content-type",
                                                       "date",
                                                       "etag",
                                                       "expires",
                                                       "last-modified",
                                                       "pragma",
                                                       "retry-after",
                                                       "vary",
                                                       "warning",
                                                       "allow",
                                                       "content-md5",
                                                       "timing-allow-origin",
                                                       "x-content-type-options"};
constexpr std::array<std::string_view, 11> kOfBody = {
    "accept-ranges",  "content-encoding", "content-length", "content-range", "content-md5", "digest",
    "content-digest", "repr-digest",      "etag",           "last-modified", "trailer"};

/// Bind the viewer to the upstream's own site, or say where that is: pass by their own name only.
constexpr std::array<std::string_view, 5> kByNameOnly = {"alt-svc", "content-location", "location", "refresh",
                                                         "strict-transport-security"};

bool IsDefault(std::string_view name) { return IsCorsField(name) || Contains(kVisible, name); }

}  // namespace

bool IsVisible(const config::Config& config, const config::FetchStep& step, std::string_view name) {
  if (config.cors && IsCorsField(name)) return false;  // one answer, not two
  return Passes(step.response_headers, name, IsDefault(name), Contains(kByNameOnly, name));
}

std::vector<sdk::Header> VisibleFields(const Exchange& exchange) {
  const auto& config = exchange.snapshot->config;
  std::vector<sdk::Header> fields;
  if (config.cors) fields = CorsFields(*config.cors, exchange.viewer);
  fields.reserve(fields.size() + exchange.response->headers.size());
  for (const auto& header : exchange.response->headers) {
    if (IsVisible(config, exchange.fetching().config.fetch, header.name)) fields.push_back(header);
  }
  return fields;
}

void DropBodyFields(std::vector<sdk::Header>& fields) {
  std::erase_if(fields, [](const sdk::Header& header) { return Contains(kOfBody, header.name); });
}

sdk::Status FilterHead(Exchange& exchange, std::vector<sdk::Header>& fields) {
  if (exchange.filters.empty()) return sdk::Ok();
  VectorEdit edit(fields);
  for (const auto* const step : exchange.filters) {
    const CallContext context(exchange.viewer, std::chrono::steady_clock::now() + step->config.deadline);
    auto copy = fields;  // the filter reads one state while it edits the other
    std::vector<sdk::Field> views;
    for (const auto& header : copy) views.push_back({header.name, header.value});
    const sdk::ResponseHead head{.status = exchange.response->status, .url = exchange.response->url, .headers = views};
    const auto edited = step->components.front()->As<sdk::Filter>()->OnResponse(context.call(), head, edit);
    if (edited) continue;
    if (auto failed = FilterFailed(exchange, *step, edited.error()); !failed) return failed;
    fields = std::move(copy);
  }
  return sdk::Ok();
}

sdk::Status FilterFailed(Exchange& exchange, const Step& step, const sdk::Error& error) {
  if (step.config.on_error != config::OnError::kSkip) {
    exchange.failed_filter = &step;
    return error;
  }
  ReportFailure(exchange, NameOf(step.config.kind), error);
  return sdk::Ok();
}

}  // namespace sluice::pipeline
