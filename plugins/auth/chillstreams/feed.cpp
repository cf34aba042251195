// SPDX-License-Identifier: MIT
#include "feed.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/remote/json.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr auto kLook = 100ms;
constexpr auto kUntilAskedForAFeedAgain = 5min;

/// The text under `name` in an event's data; empty: there is none.
std::string MemberOf(const StreamEvent& event, const char* name) {
  const auto document = Json::parse(event.data, nullptr, false);
  const auto* const text = document.is_object() ? remote::TextMember(document, name) : nullptr;
  return text == nullptr ? std::string() : *text;
}

bool SaysNoFeed(int status) { return status == 204 || status == 404 || status == 405 || status == 501; }

sdk::Error Stopped() { return {.code = sdk::Errc::kCancelled, .message = "no more news is wanted"}; }

}  // namespace

/// Takes the answer apart. What is no feed is not read.
class Feed::Sink final : public sdk::HttpSink {
 public:
  Sink(Feed& feed, const sdk::Call& call, sdk::RevocationSink& out)
      : feed_(feed), call_(call), out_(out), stream_(feed.last_event_id_) {}

  const sdk::HttpResponse& head() const { return head_; }
  bool is_feed() const {
    auto type = sdk::FieldValue(head_.headers, "Content-Type");
    return head_.status == 200 && sdk::EqualsIgnoreCase(sdk::TrimSpace(sdk::TakeUpTo(type, ';')), "text/event-stream");
  }
  bool is_too_long() const { return stream_.is_too_long(); }

  sdk::Status Start(const sdk::HttpResponse& head) override {
    head_ = head;
    if (!is_feed()) return Stopped();
    feed_.host_.Log(sdk::LogLevel::kInfo, "the pool's news is followed");
    return sdk::Ok();
  }
  sdk::Status Write(std::span<const std::byte> chunk) override {
    const std::string_view octets(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    const bool more = stream_.Take(octets, [this](const StreamEvent& event) { return feed_.Handle(event, out_); });
    feed_.last_event_id_ = stream_.last_event_id();
    return more && !call_.cancelled() ? sdk::Ok() : sdk::Status(Stopped());
  }

 private:
  Feed& feed_;
  const sdk::Call& call_;
  sdk::RevocationSink& out_;
  EventStream stream_;
  sdk::HttpResponse head_;
};

Feed::Feed(sdk::Host host, const PoolClient& pool, GrantCache& grants)
    : host_(std::move(host)),
      pool_(pool),
      grants_(grants),
      events_(host_.metrics().Declare(sdk::MetricKind::kCounter, "events_total",
                                      "News of the pool: revoked, restored, key-retired, reset, or unusable",
                                      std::array{std::string_view("event")})) {}

sdk::Status Feed::Watch(const sdk::Call& call, sdk::RevocationSink& out) {
  Sink sink(*this, call, out);
  const auto streamed = host_.http().Stream(call, pool_.EventsRequest(last_event_id_), sink);
  return EndOf(call, sink, streamed);
}

sdk::Status Feed::EndOf(const sdk::Call& call, const Sink& sink, const sdk::Status& streamed) {
  if (call.cancelled()) return Stopped();
  if (!streamed && sink.head().status == 0) return pool_.Missing(call, "events", streamed.error());
  if (SaysNoFeed(sink.head().status)) return WaitForAFeed(call);
  if (sink.head().status != 200) return pool_.Unwanted("events", sink.head());
  if (!sink.is_feed()) {
    host_.Log(sdk::LogLevel::kWarning, "the pool's news is no event stream");
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the pool's news: want text/event-stream"};
  }
  if (sink.is_too_long()) {
    host_.Log(sdk::LogLevel::kWarning, "an event of the pool is too long", {{"want", "at most 64 KiB"}});
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the pool's news: want events of at most 64 KiB"};
  }
  // Ended by the pool, by `out`, or by the time that one request has: all as it should be.
  if (streamed || streamed.error().code != sdk::Errc::kUpstreamFailed) return sdk::Ok();
  return pool_.Missing(call, "events", streamed.error());
}

sdk::Status Feed::WaitForAFeed(const sdk::Call& call) {
  host_.Log(sdk::LogLevel::kDebug, "the pool has no news to follow");
  const auto end = host_.clock().Steady() + kUntilAskedForAFeedAgain;
  std::unique_lock lock(mutex_);
  while (host_.clock().Steady() < end) {
    if (call.cancelled() || call.expired()) return Stopped();
    never_.wait_for(lock, kLook);
  }
  return sdk::Ok();
}

bool Feed::Handle(const StreamEvent& event, sdk::RevocationSink& out) {
  if (event.type == "revoked" || event.type == "restored") return Revoke(event, out);
  if (event.type == "reset") {
    grants_.ForgetAll();
    Count("reset");
  } else if (event.type == "key-retired") {
    const auto key_id = MemberOf(event, "poolKeyId");
    if (!key_id.empty()) grants_.ForgetKey(key_id);
    Count(key_id.empty() ? "unusable" : "key-retired");
  }
  return true;
}

bool Feed::Revoke(const StreamEvent& event, sdk::RevocationSink& out) {
  const auto user_id = sdk::LowerCase(MemberOf(event, "userId"));
  if (!sdk::IsUuid(user_id)) {
    Count("unusable");
    host_.Log(sdk::LogLevel::kWarning, "news of the pool names no user", {{"event", event.type}});
    return true;
  }
  const bool is_revoked = event.type == "revoked";
  if (is_revoked) {
    grants_.ForgetUser(user_id);
  } else {
    grants_.ForgetRefusals(user_id);
  }
  Count(event.type);
  return out.Put(user_id, is_revoked);
}

void Feed::Count(std::string_view event) const {
  if (events_) host_.metrics().Record(*events_, 1, std::array{event});
}

}  // namespace sluice::plugins::chillstreams
