// SPDX-License-Identifier: MIT
#include "core/pipeline/resume.hpp"

#include <sluice/sdk/url.hpp>

#include "core/http/server.hpp"
#include "core/net/own_call.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/ranges.hpp"
#include "core/upstream/body.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/redirect.hpp"

namespace sluice::pipeline {
namespace {

/// A player's buffer does not last longer.
constexpr std::chrono::seconds kPatience{15};

/// What If-Range may say: an ETag that is not weak, or a date that no change can hide behind (RFC 9110 §8.8.2.2).
std::string StrongValidator(const upstream::Response& response) {
  const auto tag = response.Header("ETag");
  if (tag.starts_with('"')) return std::string(tag);
  if (!tag.empty()) return {};
  const auto modified = upstream::ParseHttpDate(response.Header("Last-Modified"));
  const auto date = upstream::ParseHttpDate(response.Header("Date"));
  const bool strong = modified && date && *date - *modified >= std::chrono::seconds(60);
  return strong ? std::string(response.Header("Last-Modified")) : std::string();
}

/// Where the body stands in the representation; nothing: not known.
std::optional<ContentRange> PartOf(const upstream::Response& response) {
  if (response.status == 206) return ParseContentRange(response.Header("Content-Range"));
  if (response.status != 200 || !response.content_length || *response.content_length == 0) return std::nullopt;
  return ContentRange{0, *response.content_length - 1, response.content_length};
}

/// The fields of the request for the rest, without those that ask for a part or a condition of their own.
std::vector<sdk::Header> RestFields(const Exchange& exchange) {
  auto target = upstream::ParseTarget(exchange.source->url);
  if (!target) return {};
  upstream::Hop hop{.method = "GET", .target = std::move(*target), .headers = exchange.sent_headers, .body = {}};
  // The body may have come from where a redirect led: credentials stay behind there too.
  constexpr int kKeepMethod = 307;
  if (!upstream::Follow(kKeepMethod, exchange.response->url, hop)) return {};
  std::erase_if(hop.headers, [](const sdk::Header& field) { return upstream::AsksForPart(field.name); });
  return std::move(hop.headers);
}

/// Asks for what is left of one body.
struct Rest {
  upstream::Client& client;
  std::shared_ptr<const Snapshot> snapshot;  ///< Holds the profile.
  std::shared_ptr<PipelineMetrics> metrics;
  upstream::Request request;
  std::string validator;
  ContentRange part;

  std::optional<relay::Body> operator()(std::uint64_t sent, const std::atomic<bool>& cancelled) const {
    const auto first = part.first + sent;
    auto rest = request;
    rest.headers.push_back({"Range", "bytes=" + std::to_string(first) + "-" + std::to_string(part.last)});
    rest.headers.push_back({"If-Range", validator});
    const net::OwnCall call(std::chrono::steady_clock::now() + kPatience, cancelled);
    auto response = client.Fetch(call.call(), rest);
    if (!response) return Say("failed");
    if (response->status != 206) return Say(response->status == 200 ? "changed" : "failed");
    const auto got = ParseContentRange(response->Header("Content-Range"));
    const bool same = got && got->first == first && got->last == part.last && got->total == part.total;
    const auto tag = response->Header("ETag");
    if (!same || (validator.starts_with('"') && !tag.empty() && tag != validator)) return Say("changed");
    auto raw = upstream::ReleaseRaw(*response);
    const bool framed =
        raw && raw->framing.kind == upstream::BodyKind::kLength && raw->framing.length == part.last - first + 1;
    if (!framed) return Say("failed");
    metrics->Resumes("resumed").Increment();
    return std::move(*raw);
  }

 private:
  std::optional<relay::Body> Say(std::string_view result) const {
    metrics->Resumes(result).Increment();
    return std::nullopt;
  }
};

}  // namespace

relay::Resume MakeResume(const StepContext& context, const Exchange& exchange) {
  const auto& response = *exchange.response;
  const bool wanted = exchange.source->resumable && exchange.source->ranges && response.url.starts_with("http") &&
                      exchange.viewer.method() == "GET";
  if (!wanted || sdk::EqualsIgnoreCase(response.Header("Accept-Ranges"), "none")) return {};
  auto validator = StrongValidator(response);
  const auto part = PartOf(response);
  if (validator.empty() || !part) return {};
  const auto& step = exchange.fetching();
  return Rest{.client = context.client,
              .snapshot = exchange.snapshot,
              .metrics = exchange.pipeline.metrics,
              .request = {.url = response.url,
                          .headers = RestFields(exchange),
                          .connect_timeout = step.config.fetch.connect_timeout,
                          .read_timeout = step.config.fetch.read_timeout,
                          .profile = step.profile.get(),
                          .home = HomeOf(exchange)},
              .validator = std::move(validator),
              .part = *part};
}

}  // namespace sluice::pipeline
