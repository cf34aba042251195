// SPDX-License-Identifier: MIT
#include "core/pipeline/shared_fetch.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <sluice/sdk/url.hpp>

#include "core/pipeline/prefixed_body.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::pipeline {
namespace {

/// Of keys and init segments. What is longer is sent on as it comes.
constexpr std::size_t kMaxPartBytes = 1024 * 1024;

/// A response's body that others may be reading too.
class SharedBody final : public upstream::Body {
 public:
  explicit SharedBody(std::shared_ptr<const upstream::SmallResponse> of) : of_(std::move(of)) {}

  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
    const auto size = std::min<std::size_t>(buffer.size(), ready_bytes());
    std::memcpy(buffer.data(), of_->body.data() + given_, size);
    given_ += size;
    return size;
  }
  std::uint64_t ready_bytes() const override { return of_->body.size() - given_; }
  std::optional<std::string_view> at_hand() const override { return std::string_view(of_->body).substr(given_); }

 private:
  const std::shared_ptr<const upstream::SmallResponse> of_;
  std::size_t given_ = 0;
};

const Step* Rewriting(const Exchange& exchange) { return exchange.pipeline.Find(config::Step::Kind::kRewrite); }

/// How long a body may be to be shared; nothing: it is not to be, however short.
std::optional<std::size_t> LongestShared(const Exchange& exchange) {
  if (LooksLikeManifest(exchange)) return Rewriting(exchange)->config.rewrite.max_size;
  if (Rewriting(exchange) == nullptr || !exchange.link) return std::nullopt;
  const bool part = exchange.link->kind == sdk::LinkKind::kKey || exchange.link->kind == sdk::LinkKind::kInit;
  return part ? std::optional(kMaxPartBytes) : std::nullopt;
}

upstream::Response ResponseOf(upstream::SmallResult result) {
  if (result.passed) {
    if (!result.first.empty()) {
      result.passed->body = std::make_unique<PrefixedBody>(std::move(result.first), std::move(result.passed->body));
    }
    return std::move(*result.passed);
  }
  const auto& small = *result.small;
  upstream::Response response{.status = small.status,
                              .reason = small.reason,
                              .url = small.url,
                              .headers = small.headers,
                              .content_length = small.body.size(),
                              .body = std::make_unique<SharedBody>(result.small)};
  if (!result.age) return response;
  upstream::DropField(response.headers, "Age");
  response.headers.push_back({"Age", std::to_string(result.age->count())});
  return response;
}

}  // namespace

bool LooksLikeManifest(const Exchange& exchange) {
  if (Rewriting(exchange) == nullptr) return false;
  if (exchange.link && exchange.link->kind == sdk::LinkKind::kManifest) return true;
  const auto extension = sdk::PathExtension(exchange.source->url);
  return extension == "m3u8" || extension == "m3u" || extension == "mpd";
}

Fetching::Fetching(const StepContext& context, const Exchange& exchange, const upstream::Request& request) {
  const auto& call = exchange.fetch_call->call();
  const auto longest = LongestShared(exchange);
  if (!longest) {
    own_ = context.client.Begin(call, request);
    return;
  }
  const auto& cache = exchange.fetching().config.fetch.cache;
  shared_ = context.small.Begin(call, request,
                                {.scope = exchange.pipeline.config.name,
                                 .max_body_bytes = *longest,
                                 .keep = cache.keep,
                                 .max_kept_bytes = cache.max_size,
                                 .longest = cache.max_age});
}

std::optional<sdk::Result<upstream::Response>> Fetching::Advance(upstream::Wait wait) {
  if (own_) return own_->Advance(wait);
  auto result = shared_->Advance(wait);
  if (!result) return std::nullopt;
  if (!*result) return std::move(*result).error();
  return ResponseOf(std::move(**result));
}

}  // namespace sluice::pipeline
