// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/accounting.hpp"
#include "core/pipeline/hand_over.hpp"
#include "core/pipeline/head_edit.hpp"
#include "core/pipeline/hidden_redirect.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/minter.hpp"
#include "core/pipeline/references.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

/// Counts a body as active for as long as it lives.
class ActiveStream {
 public:
  explicit ActiveStream(prometheus::Gauge& gauge) : gauge_(gauge) { gauge_.Increment(); }
  ~ActiveStream() { gauge_.Decrement(); }
  ActiveStream(const ActiveStream&) = delete;
  ActiveStream& operator=(const ActiveStream&) = delete;

 private:
  prometheus::Gauge& gauge_;
};

/// The last of the transforms: tells the principal's account what has been sent.
class CountSent final : public sdk::BodyTransform {
 public:
  explicit CountSent(const Exchange& exchange) : exchange_(exchange) { exchange_.counted->BeginStream(); }
  sdk::Status Write(std::span<const std::byte> chunk, sdk::ByteSink& next) override {
    auto written = next.Write(chunk);
    exchange_.counted->Reach(exchange_.viewer.body_bytes_sent());
    return written;
  }
  sdk::Status Finish(sdk::ByteSink&) override { return sdk::Ok(); }

 private:
  const Exchange& exchange_;
};

/// Tells a body that broke off from one that a filter cannot make sense of.
class WatchedBody final : public upstream::Body {
 public:
  explicit WatchedBody(upstream::Body& of) : of_(of) {}
  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
    auto size = of_.Read(buffer);
    broken_ = broken_ || !size;
    return size;
  }
  bool broken() const { return broken_; }

 private:
  upstream::Body& of_;
  bool broken_ = false;
};

/// Behind the transforms of filters: sends the head with the first octets that they put out. What they find wrong
/// before that is answered with an error, not with a body that is broken off.
class StartFirst final : public sdk::BodyTransform {
 public:
  StartFirst(http::ServerExchange& viewer, const http::ReplyHead& head) : viewer_(viewer), head_(head) {}
  sdk::Status Write(std::span<const std::byte> chunk, sdk::ByteSink& next) override {
    if (auto started = Start(); !started) return started;
    return next.Write(chunk);
  }
  sdk::Status Finish(sdk::ByteSink&) override { return Start(); }

 private:
  sdk::Status Start() { return viewer_.started() ? sdk::Ok() : viewer_.Start(head_); }

  http::ServerExchange& viewer_;
  const http::ReplyHead& head_;
};

/// For whom the body passes; `head` is what the request looks like.
sdk::BodyOrigin OriginOf(const Exchange& exchange, const sdk::RequestHead& head, sdk::ReferenceFetcher& references) {
  sdk::BodyOrigin origin{
      .request = &head, .url = exchange.source->url, .context = exchange.source->context, .references = &references};
  if (exchange.link) {
    origin.kind = exchange.link->kind;
    origin.note = exchange.link->note;
  }
  return origin;
}

/// `error` of a body that passed through filters, as a viewer may see it: whose body it was, the log says.
sdk::Error BodyFailed(const Exchange& exchange, bool broken, sdk::Error error) {
  if (broken) return WithoutPeer(exchange, std::move(error));
  if (error.code != sdk::Errc::kUpstreamFailed) return error;
  return UpstreamFailed(exchange, exchange.response->url, error.message);
}

/// Asks every filter whether it wants the body, and drops the fields that its answer makes untrue.
/// \param reshaped  set when the body comes out in another length.
sdk::Status OpenBodies(const StepContext& at, Exchange& exchange, std::vector<sdk::Header>& fields, bool& reshaped) {
  if (exchange.filters.empty()) return sdk::Ok();
  Exchange::HeadView request;
  exchange.FillHead(request, exchange.viewer.path());
  const Minter minter(at.secrets, exchange, {});
  for (const auto* const step : exchange.filters) {
    auto* const filter = step->components.front()->As<sdk::Filter>();
    const CallContext context(exchange.viewer, std::chrono::steady_clock::now() + step->config.deadline);
    std::vector<sdk::Field> views;
    for (const auto& header : fields) views.push_back({header.name, header.value});
    References references(at, exchange, minter, context.call());
    auto transform = filter->OpenBodyFor(
        context.call(), {.status = exchange.response->status, .url = exchange.response->url, .headers = views},
        OriginOf(exchange, request.head, references));
    if (!transform) {
      auto error = BodyFailed(exchange, false, std::move(transform).error());
      if (auto failed = FilterFailed(exchange, *step, error); !failed) return failed;
      continue;
    }
    if (*transform == nullptr) continue;
    exchange.transforms.push_back(std::move(*transform));
    if (filter->LengthPreserving()) continue;
    reshaped = true;
    DropBodyFields(fields);
  }
  return sdk::Ok();
}

bool SendsBody(const Exchange& exchange) {
  const int status = exchange.response->status;
  return exchange.viewer.method() != "HEAD" && status != 204 && status != 304;
}

/// What the viewer sees of the response's head; `exchange.transforms` is what its body passes through.
sdk::Result<std::vector<sdk::Header>> PrepareHead(const StepContext& context, Exchange& exchange, bool& reshaped) {
  reshaped = false;
  exchange.transforms.clear();
  auto fields = VisibleFields(exchange);
  if (auto filtered = FilterHead(exchange, fields); !filtered) return std::move(filtered).error();
  if (exchange.response->status == 204 || exchange.response->status == 304) return fields;
  // HEAD too: it must not announce a length that GET would not have.
  if (auto opened = OpenBodies(context, exchange, fields, reshaped); !opened) return std::move(opened).error();
  return fields;
}

}  // namespace

sdk::Result<Flow> Filter(const Step& step, Exchange& exchange) {
  const auto& component = step.components.front();
  exchange.filters.push_back(&step);
  if (exchange.response) return Flow::kContinue;  // listed after fetch: it sees the response only
  const CallContext context(exchange.viewer, std::chrono::steady_clock::now() + step.config.deadline);
  Exchange::HeadView view;
  exchange.FillHead(view, exchange.viewer.path());
  auto edited = exchange.headers;  // the filter reads one state while it edits the other
  std::vector<std::string> names;
  VectorEdit edit(edited, &names);
  auto reply = component->As<sdk::Filter>()->OnRequest(context.call(), view.head, edit);
  if (!reply) return std::move(reply).error();
  exchange.headers = std::move(edited);
  exchange.set_by_filters.insert(exchange.set_by_filters.end(), names.begin(), names.end());
  if (!*reply) return Flow::kContinue;
  const http::ReplyHead head{.status = (*reply)->status, .fields = (*reply)->headers};
  if (auto sent = exchange.viewer.Reply(head, (*reply)->body); !sent) return std::move(sent).error();
  return Flow::kReplied;
}

sdk::Status Deliver(const StepContext& context, Exchange& exchange) {
  if (HidesRedirect(exchange)) return ReplyHiddenRedirect(context, exchange);
  bool reshaped = false;
  auto fields = PrepareHead(context, exchange, reshaped);
  if (fields && reshaped && exchange.response->status == 206) {
    // A part of the upstream's body is no part of what transforms make of the whole.
    if (auto fetched = Fetch(context, exchange, Part::kWhole); !fetched) return std::move(fetched).error();
    fields = PrepareHead(context, exchange, reshaped);
  }
  if (!fields) return std::move(fields).error();
  auto& response = *exchange.response;
  const http::ReplyHead head{
      .status = response.status, .fields = *fields, .length = reshaped ? std::nullopt : response.content_length};
  const bool has_body = SendsBody(exchange);
  const bool filtered = has_body && !exchange.transforms.empty();
  if (has_body && (response.status == 200 || response.status == 206)) RecordUsage(context, exchange);
  if (filtered) {
    exchange.transforms.push_back(std::make_unique<StartFirst>(exchange.viewer, head));
  } else if (auto started = exchange.viewer.Start(head); !started) {
    return started;
  }
  if (!has_body) return exchange.viewer.Finish();
  const bool at_hand = response.content_length && response.body->ready_bytes() >= *response.content_length;
  if (at_hand) {
    exchange.viewer.KeepAll();
  } else if (!filtered && HandOver(context, exchange)) {
    return sdk::Ok();
  }
  const ActiveStream active(exchange.pipeline.metrics->streams);
  if (exchange.counted) exchange.transforms.push_back(std::make_unique<CountSent>(exchange));
  WatchedBody body(*response.body);
  if (auto copied = relay::Copy(body, exchange.transforms, exchange.viewer); !copied) {
    return BodyFailed(exchange, body.broken(), std::move(copied).error());
  }
  return exchange.viewer.Finish();
}

}  // namespace sluice::pipeline
