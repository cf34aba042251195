// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeHttp: the host's HTTP client with scripted answers. No network.

#include <sluice/sdk/services.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// Answers by method and URL. A URL that ends in "*" stands for all that begin so; the exact one is preferred, then the
/// longest. Several answers to one URL are given in turn, the last of them again and again. A request without an answer
/// is kUpstreamFailed, and kept in `unexpected()`. Threads: [any].
class FakeHttp final : public HttpService {
 public:
  using Responder = std::function<Result<HttpResponse>(const HttpRequest&)>;

  /// \param method  "GET". \param url  as it is asked for, or its beginning and "*". \returns  *this.
  FakeHttp& Answer(std::string method, std::string url, HttpResponse response) {
    return AnswerWith(std::move(method), std::move(url),
                      [given = std::move(response)](const HttpRequest&) { return Result<HttpResponse>(given); });
  }
  /// The same with a body of type application/json.
  FakeHttp& AnswerJson(std::string method, std::string url, std::string body, int status = 200) {
    return Answer(std::move(method), std::move(url),
                  {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)});
  }
  /// A missing or broken answer.
  FakeHttp& Fail(std::string method, std::string url, Error error) {
    return AnswerWith(std::move(method), std::move(url),
                      [given = std::move(error)](const HttpRequest&) { return Result<HttpResponse>(given); });
  }
  /// The answer is made of each request, on the thread that asks.
  FakeHttp& AnswerWith(std::string method, std::string url, Responder responder) {
    const std::lock_guard lock(mutex_);
    for (auto& rule : rules_)
      if (rule.method == method && rule.url == url) return rule.answers.push_back(std::move(responder)), *this;
    rules_.push_back({std::move(method), std::move(url), {}});
    rules_.back().answers.push_back(std::move(responder));
    return *this;
  }
  /// From now on no request is answered: each waits until its call is cancelled or over.
  void Hang() {
    const std::lock_guard lock(mutex_);
    hanging_ = true;
  }
  /// From now on no request is answered: each fails with this, as when the upstream is away.
  void FailAll(Error error) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(error);
  }
  /// Blocks until `count` requests have come in since the beginning. \returns false when they did not within a minute.
  bool WaitForRequests(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::minutes(1), [&] { return requests_.size() >= count; });
  }

  /// What was asked, in order.
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// "GET https://…" of each request that no answer was scripted for.
  std::vector<std::string> unexpected() const {
    const std::lock_guard lock(mutex_);
    return unexpected_;
  }
  /// Size of the pieces in which Stream hands out a body.
  void SetChunkSize(std::size_t bytes) { chunk_bytes_ = bytes; }

  Result<HttpResponse> Send(const Call& call, const HttpRequest& request) override {
    auto response = Exchange(call, request);
    if (response && response->body.size() > request.max_body_bytes)
      return Error{.code = Errc::kUpstreamFailed, .message = "body is longer than max_body_bytes"};
    return response;
  }
  Status Stream(const Call& call, const HttpRequest& request, HttpSink& sink) override {
    auto response = Exchange(call, request);
    if (!response) return response.error();
    const std::string body = std::exchange(response->body, {});
    if (auto started = sink.Start(*response); !started) return started;
    for (std::string_view rest = body; !rest.empty();) {
      if (call.cancelled()) return Cancelled();
      const auto chunk = rest.substr(0, chunk_bytes_);
      if (auto written = sink.Write(AsBytes(chunk)); !written) return written;
      rest.remove_prefix(chunk.size());
    }
    return Ok();
  }

 private:
  struct Rule {
    std::string method, url;
    std::deque<Responder> answers;
  };

  static Error Cancelled() { return {.code = Errc::kCancelled, .message = "call was cancelled"}; }
  static bool Redirects(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  Result<HttpResponse> Exchange(const Call& call, HttpRequest request) {
    for (std::uint32_t hop = 0;; ++hop) {
      if (!request.url.starts_with("http://") && !request.url.starts_with("https://"))
        return Error{.code = Errc::kInvalidArgument, .message = "url: want http or https"};
      auto response = Once(call, request);
      if (!response || !Redirects(response->status) || request.max_redirects == 0) return response;
      if (hop == request.max_redirects) return Error{.code = Errc::kUpstreamFailed, .message = "too many redirects"};
      for (const auto& header : response->headers)
        if (header.name == "Location") request.url = header.value;
      if (response->status == 303) request.method = "GET";
    }
  }
  Result<HttpResponse> Once(const Call& call, const HttpRequest& request) {
    if (call.cancelled()) return Cancelled();
    if (call.expired()) return Error{.code = Errc::kDeadlineExceeded, .message = "deadline has passed"};
    const auto responder = Arrive(call, request);
    if (!responder) return responder.error();
    auto response = (*responder)(request);
    if (response && response->url.empty()) response->url = request.url;
    return response;
  }
  Result<Responder> Arrive(const Call& call, const HttpRequest& request) {
    std::unique_lock lock(mutex_);
    requests_.push_back(request);
    arrived_.notify_all();
    while (hanging_) {
      if (call.cancelled()) return Cancelled();
      if (call.expired()) return Error{.code = Errc::kDeadlineExceeded, .message = "no answer before the deadline"};
      arrived_.wait_for(lock, std::chrono::milliseconds(1));  // cancelled() can only be polled
    }
    if (failure_) return *failure_;
    auto* rule = Match(request);
    if (rule == nullptr) {
      unexpected_.push_back(request.method + " " + request.url);
      return Error{.code = Errc::kUpstreamFailed, .message = "no answer scripted for " + unexpected_.back()};
    }
    auto responder = rule->answers.front();
    if (rule->answers.size() > 1) rule->answers.pop_front();
    return responder;
  }
  Rule* Match(const HttpRequest& request) {
    Rule* best = nullptr;
    for (auto& rule : rules_) {
      if (rule.method != request.method) continue;
      if (rule.url == request.url) return &rule;
      const std::string_view prefix(rule.url.data(), rule.url.ends_with('*') ? rule.url.size() - 1 : 0);
      if (prefix.empty() || !request.url.starts_with(prefix)) continue;
      if (best == nullptr || best->url.size() < rule.url.size()) best = &rule;
    }
    return best;
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<Rule> rules_;
  std::vector<HttpRequest> requests_;
  std::vector<std::string> unexpected_;
  bool hanging_ = false;
  std::optional<Error> failure_;
  std::size_t chunk_bytes_ = 16 * 1024;
};

}  // namespace sluice::sdk::testing
