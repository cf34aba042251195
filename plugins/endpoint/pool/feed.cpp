// SPDX-License-Identifier: MIT
#include "feed.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "event_log.hpp"

namespace sluice::plugins::pool {
namespace {

using namespace std::chrono_literals;

constexpr int kMaxFeeds = 16;  // each holds a worker
constexpr auto kPoll = 250ms;
constexpr auto kKeepAlive = 15s;
constexpr auto kLongest = 10min;
constexpr auto kMargin = 1s;  // before the call's deadline: who ends in time is no plugin that hangs
constexpr std::int64_t kReadAtOnce = 100;

std::string FrameOf(std::int64_t sequence, std::string_view kind, const Json& data) {
  return "id: " + std::to_string(sequence) + "\nevent: " + std::string(kind) + "\ndata: " + TextOf(data) + "\n\n";
}

sdk::Status Write(const Request& request, std::string_view text) { return request.response.Write(sdk::AsBytes(text)); }

}  // namespace

/// One of the few feeds that there may be.
class Feed::Slot {
 public:
  explicit Slot(std::atomic<int>& open) : open_(open), taken_(open.fetch_add(1) < kMaxFeeds) {}
  ~Slot() { open_.fetch_sub(1); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& open_;
  const bool taken_;
};

sdk::Status Feed::Serve(const Request& request) {
  const Slot slot(open_);
  if (!slot.taken()) {
    const std::array headers{sdk::Header{"Content-Type", "application/json"}, sdk::Header{"Cache-Control", "no-store"},
                             sdk::Header{"Retry-After", "5"}};
    if (auto started = request.response.Start(503, headers); !started) return started;
    return Write(request, R"({"error":"there are 16 feeds already; try again later"})");
  }
  const auto start = FindStart(request);
  if (!start) return start.error();
  const std::array headers{sdk::Header{"Content-Type", "text/event-stream"}, sdk::Header{"Cache-Control", "no-store"},
                           sdk::Header{"X-Accel-Buffering", "no"}};
  if (auto started = request.response.Start(200, headers); !started) return started;
  if (request.head.method == "HEAD") return sdk::Ok();
  // Whoever is cut off before the first event goes on from here.
  const auto first = "retry: 1000\nid: " + std::to_string(start->last) + "\n\n" +
                     (start->reset ? FrameOf(start->last, kReset, Json::object()) : "");
  const auto begun = host_.clock().Steady();
  if (auto written = Write(request, first); !written) return written;
  return Follow(request, start->last, begun);
}

sdk::Result<Feed::Start> Feed::FindStart(const Request& request) const {
  const auto ends = host_.database().Read(
      request.call, "SELECT coalesce(min(sequence), 0), coalesce(max(sequence), 0) FROM {events}");
  if (!ends) return ends.error();
  const auto oldest = ends->rows[0][0].integer, newest = ends->rows[0][1].integer;
  const auto shown = sdk::FieldValue(request.head.headers, "Last-Event-ID");
  if (shown.empty()) return Start{.last = newest};
  const auto last = WholeNumber(shown);
  if (!last || *last < 0 || *last > newest || *last + 1 < oldest) return Start{.last = newest, .reset = true};
  return Start{.last = *last};
}

sdk::Status Feed::SendNew(const Request& request, std::int64_t& last, bool& sent) const {
  const auto rows = host_.database().Read(
      request.call, "SELECT sequence, kind, subject FROM {events} WHERE sequence > $1 ORDER BY sequence LIMIT $2",
      {last, kReadAtOnce});
  if (!rows) return rows.error();
  std::string text;
  for (const auto& row : rows->rows) {
    const auto* const subject = row[1].text == kKeyRetired ? "poolKeyId" : "userId";
    text += FrameOf(row[0].integer, row[1].text, Json{{subject, row[2].text}});
    last = row[0].integer;
  }
  sent = !text.empty();
  return sent ? Write(request, text) : sdk::Ok();
}

sdk::Status Feed::Follow(const Request& request, std::int64_t last, std::chrono::steady_clock::time_point begun) {
  const auto deadline = request.call.deadline();
  const auto end = deadline == sdk::Call::Clock::time_point::max() ? begun + kLongest
                                                                   : std::min(begun + kLongest, deadline - kMargin);
  auto heard = begun;
  do {
    if (request.call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the instance is gone"};
    bool sent = false;
    if (auto done = SendNew(request, last, sent); !done) return done;
    const auto now = host_.clock().Steady();
    if (!sent && now - heard >= kKeepAlive) {
      if (auto written = Write(request, ": keep-alive\n\n"); !written) return written;
      sent = true;
    }
    if (sent) heard = now;
    std::unique_lock lock(mutex_);
    pause_.wait_for(lock, kPoll);
  } while (host_.clock().Steady() < end);
  return sdk::Ok();
}

}  // namespace sluice::plugins::pool
