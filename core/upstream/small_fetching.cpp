// SPDX-License-Identifier: MIT
#include "core/upstream/small_fetching.hpp"

#include <poll.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "core/upstream/digest.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/profile.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::upstream {
namespace {

using std::chrono::seconds;
using Part = Flights::Part;

/// What a response may depend on without its being somebody's own. Vary says whether it does.
constexpr std::array<std::string_view, 6> kNegotiates = {"Accept",     "Accept-Encoding", "Accept-Language",
                                                         "User-Agent", "Cache-Control",   "Pragma"};

bool GoesStraight(const Request& request) {
  return request.method != "GET" || !request.body.empty() ||
         std::any_of(request.headers.begin(), request.headers.end(),
                     [](const sdk::Header& field) { return AsksForPart(field.name); });
}

/// \param negotiated  with the fields of kNegotiates.
std::string KeyOf(const Request& request, const SmallOptions& options, bool negotiated) {
  std::vector<std::string> parts = {std::string(options.scope),
                                    request.url,
                                    request.profile != nullptr ? request.profile->identity() : std::string(),
                                    request.home,
                                    std::to_string(request.max_redirects),
                                    std::to_string(options.max_body_bytes)};
  for (const auto& field : request.headers) {
    if (!negotiated && IsOneOf(kNegotiates, field.name)) continue;
    parts.push_back(field.name);
    parts.push_back(field.value);
  }
  return Digest(parts);
}

/// How old a kept response may be for this request; nothing: none will do.
std::optional<seconds> OldestFor(const Request& request) {
  const auto control = CacheControl::Of(request.headers);
  if (control.no_cache || control.no_store) return std::nullopt;
  if (FindField(request.headers, "Pragma") && !FindField(request.headers, "Cache-Control")) return std::nullopt;
  return control.max_age.value_or(seconds::max());
}

/// Whether the request would have been led the same way, with nothing of its own. \returns  what its on_redirect
/// refuses.
sdk::Result<bool> GoesTheSameWay(const Request& request, const SmallResponse& response) {
  if (!request.on_redirect) return true;
  for (const auto& url : response.way) {
    const auto fields = request.on_redirect(url);
    if (!fields) return fields.error();
    if (!fields->empty()) return false;
  }
  return true;
}

bool IsForOne(const SmallResponse& response) {
  return FindField(response.headers, "Set-Cookie") || CacheControl::Of(response.headers).is_private ||
         !VaryOf(response.headers);
}

sdk::Error Gone() { return {.code = sdk::Errc::kCancelled, .message = "the viewer is gone"}; }

}  // namespace

SmallFetching::SmallFetching(const SmallTools& tools, const sdk::Call& call, const Request& request,
                             const SmallOptions& options)
    : tools_(tools), call_(call), request_(request), options_(options), straight_(GoesStraight(request)) {}

SmallFetching::Answer SmallFetching::Advance(Wait wait) {
  if (!fetching_ && !response_) {
    if (wait == Wait::kCancelled) return Gone();
    auto answer = ticket_ ? Follow() : Start();
    if (answer || !fetching_) return answer;
    wait = Wait::kReady;
  }
  auto fetched = AdvanceOwn(wait);
  if (!fetched) return std::nullopt;
  return Land(std::move(*fetched), wait);
}

Awaited SmallFetching::awaited() const {
  if (response_) {
    auto awaited = response_->body->awaited();
    awaited.until = std::min(awaited.until, body_until_);
    return awaited;
  }
  if (fetching_) return fetching_->awaited();
  return {ticket_->fd(), POLLIN, ticket_->reading() ? Clock::time_point::max() : call_.deadline()};
}

SmallFetching::Answer SmallFetching::Start() {
  if (straight_) {
    tools_.bypassed.Increment();
    Ask();
    return std::nullopt;
  }
  kept_as_ = KeyOf(request_, options_, false);
  if (auto kept = FindKept()) return HandOnKept(std::move(kept));
  ticket_ = tools_.flights.Board(KeyOf(request_, options_, true));
  if (ticket_) return Follow();
  tools_.misses.Increment();
  Ask();
  return std::nullopt;
}

SmallFetching::Answer SmallFetching::Follow() {
  switch (ticket_->part()) {
    case Part::kWait:
      if (!call_.expired() || ticket_->reading()) return std::nullopt;
      return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "upstream: want an answer in time"};
    case Part::kTake: {
      auto outcome = ticket_->outcome();
      if (!outcome) return std::move(outcome).error();
      return HandOn({.small = std::move(*outcome)}, tools_.coalesced);
    }
    case Part::kLeave:
      ticket_.reset();
      break;
    case Part::kAsk:
      if (ticket_->has_waited() && call_.cancelled()) return Gone();
      // It may have been kept since this one looked, before it came on board.
      if (auto kept = FindKept()) return HandOnKept(std::move(kept));
      break;
  }
  tools_.misses.Increment();
  Ask();
  return std::nullopt;
}

void SmallFetching::Ask() {
  asked_ = tools_.pacer.Now();
  if (!straight_) {
    own_ = request_;
    own_.on_redirect = [this](std::string_view url) { return Redirected(url); };
  }
  fetching_ = tools_.client.Begin(call_, straight_ ? request_ : own_);
}

sdk::Result<std::vector<sdk::Header>> SmallFetching::Redirected(std::string_view url) {
  way_.emplace_back(url);
  if (!request_.on_redirect) return std::vector<sdk::Header>();
  auto fields = request_.on_redirect(url);
  own_way_ = own_way_ || !fields || !fields->empty();
  return fields;
}

SmallFetching::Answer SmallFetching::HandOn(SmallResult shared, prometheus::Counter& as) {
  const auto same = GoesTheSameWay(request_, *shared.small);
  ticket_.reset();
  if (!same) return same.error();
  if (*same) {
    as.Increment();
    return shared;
  }
  tools_.misses.Increment();
  Ask();
  return std::nullopt;
}

SmallFetching::Answer SmallFetching::HandOnKept(std::shared_ptr<const SmallResponse> kept) {
  const auto age = kept->AgeAt(tools_.pacer.Now());
  return HandOn({.small = std::move(kept), .age = age}, tools_.hits);
}

std::shared_ptr<const SmallResponse> SmallFetching::FindKept() const {
  const auto oldest = OldestFor(request_);
  if (!options_.keep || !oldest) return nullptr;
  auto kept = tools_.store.Find(kept_as_, request_.headers, tools_.pacer.Now(), *oldest);
  tools_.bytes.Set(static_cast<double>(tools_.store.bytes()));
  return kept;
}

void SmallFetching::Keep(const std::shared_ptr<const SmallResponse>& response, const Freshness& fresh) const {
  const auto until = response->received + std::min<Clock::duration>(fresh.left, options_.longest);
  const auto gone = tools_.store.Keep(kept_as_, request_.headers, *VaryOf(response->headers), response, until);
  tools_.evictions.Increment(static_cast<double>(gone));
  tools_.bytes.Set(static_cast<double>(tools_.store.bytes()));
}

std::optional<SmallFetching::Fetched> SmallFetching::AdvanceOwn(Wait wait) {
  try {
    return AdvanceOrThrow(wait);
  } catch (const std::bad_alloc&) {
    // Others wait for an answer, whatever it is.
    return Fetched{.result = sdk::Error{.code = sdk::Errc::kInternal, .message = "no memory for a response"}};
  } catch (...) {
    // What threw may be one viewer's alone; its text may quote what must not be shown.
    return Fetched{.result = sdk::Error{.code = sdk::Errc::kInternal, .message = "the upstream client failed"},
                   .alone = true};
  }
}

std::optional<SmallFetching::Fetched> SmallFetching::AdvanceOrThrow(Wait wait) {
  if (!response_) {
    auto response = fetching_->Advance(wait);
    if (!response) return std::nullopt;
    fetching_.reset();
    if (!*response) return Fetched{.result = std::move(*response).error(), .alone = own_way_};
    const auto length = (*response)->content_length;
    if (straight_ || (length && *length > options_.max_body_bytes)) {
      return Fetched{.result = SmallResult{.passed = std::move(**response)}, .alone = true};
    }
    response_ = std::move(**response);
    taken_ = std::chrono::ceil<seconds>(tools_.pacer.Now() - asked_);
    body_until_ = After(kLongestRead);
    if (length) body_.reserve(static_cast<std::size_t>(*length));
    if (ticket_) ticket_->BeginReading();
  } else if (wait == Wait::kCancelled) {
    return Fetched{.result = Gone()};
  }
  if (Clock::now() >= body_until_) return Fetched{.result = TooLate(), .alone = own_way_};
  const auto read = ReadNowUpTo(*response_->body, options_.max_body_bytes + 1, body_);
  if (!read) return std::nullopt;
  if (!*read) return Fetched{.result = read->error(), .alone = own_way_};
  if (body_.size() > options_.max_body_bytes) {
    return Fetched{.result = SmallResult{.first = std::move(body_), .passed = std::move(*response_)}, .alone = true};
  }
  return Whole();
}

SmallFetching::Fetched SmallFetching::Whole() {
  auto& response = *response_;
  const auto age = AgeOf(response.headers);  // before they are moved away
  auto small = std::make_shared<SmallResponse>(SmallResponse{.status = response.status,
                                                             .reason = std::move(response.reason),
                                                             .url = std::move(response.url),
                                                             .headers = std::move(response.headers),
                                                             .body = std::move(body_),
                                                             .received = tools_.pacer.Now(),
                                                             .age = age,
                                                             .way = std::move(way_)});
  const bool alone = own_way_ || IsForOne(*small);
  std::optional<Freshness> fresh;
  if (options_.keep && !alone && small->body.size() <= options_.max_kept_bytes) {
    fresh = FreshnessOf(request_.headers, small->status, small->headers, tools_.pacer.WallTime(), taken_);
  }
  if (fresh) small->age = fresh->age;
  return {.result = SmallResult{.small = std::move(small)}, .alone = alone, .fresh = fresh};
}

sdk::Result<SmallResult> SmallFetching::Land(Fetched fetched, Wait wait) {
  const auto ticket = std::move(ticket_);
  if (!ticket) return std::move(fetched.result);
  // Before the others go on: whoever comes from now on finds it there.
  if (fetched.fresh) Keep(fetched.result->small, *fetched.fresh);
  const bool left = !fetched.result && (wait == Wait::kCancelled || call_.cancelled() || call_.expired());
  if (fetched.alone) {
    ticket->LandAlone();
  } else if (!left) {
    ticket->Land(fetched.result ? Flights::Outcome(fetched.result->small) : Flights::Outcome(fetched.result.error()));
  }
  return std::move(fetched.result);
}

}  // namespace sluice::upstream
