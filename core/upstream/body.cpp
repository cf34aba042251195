// SPDX-License-Identifier: MIT
#include "core/upstream/body.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/upstream/exchange.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/pool.hpp"

namespace sluice::upstream {
namespace {

constexpr std::size_t kChunkedReadBytes = 16 * 1024;
constexpr std::string_view kWanted = "the rest of the body";

std::string_view AsText(std::span<const std::byte> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

NetworkBody::NetworkBody(RawBody raw, const sdk::Call& call, BodyLimits limits, Shared shared)
    : raw_(std::move(raw)), call_(call), limits_(limits), shared_(shared) {
  if (raw_.framing.kind == BodyKind::kNone) Finish();
}

sdk::Result<std::size_t> NetworkBody::Read(std::span<std::byte> buffer) {
  for (;;) {
    if (auto got = ReadNow(buffer)) return std::move(*got);
    const auto io = IoOf(WaitFor(awaited(), call_));
    if (io != Io::kDone) return Break(FailureOf(io, raw_.connection->origin(), kWanted));
  }
}

std::optional<sdk::Result<std::size_t>> NetworkBody::ReadNow(std::span<std::byte> buffer) {
  if (failure_) return *failure_;
  if (!raw_.connection || buffer.empty()) return std::size_t{0};
  switch (raw_.framing.kind) {
    case BodyKind::kNone:
      return std::size_t{0};
    case BodyKind::kChunked:
      return ReadChunked(buffer);
    case BodyKind::kClose:
      return ReadRaw(buffer, false);
    case BodyKind::kLength:
      break;
  }
  buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), raw_.framing.length)));
  auto got = ReadRaw(buffer, true);
  if (!got || !*got) return got;
  raw_.framing.length -= **got;
  if (raw_.framing.length == 0) Finish();
  return got;
}

std::uint64_t NetworkBody::ready_bytes() const {
  return raw_.framing.kind == BodyKind::kLength ? raw_.buffered.size() : 0;
}

NetworkBody::Now NetworkBody::ReadRaw(std::span<std::byte> buffer, bool end_is_fault) {
  if (!raw_.buffered.empty()) {
    const auto size = std::min(buffer.size(), raw_.buffered.size());
    std::memcpy(buffer.data(), raw_.buffered.data(), size);
    raw_.buffered.erase(0, size);
    return size;
  }
  // An origin that never stops sending never makes anyone wait.
  if (limits_.deadline != Clock::time_point::max() && Clock::now() >= limits_.deadline) {
    return Break(FailureOf(Io::kTimeout, raw_.connection->origin(), kWanted));
  }
  std::size_t got = 0;
  const auto now = raw_.connection->TryRead(buffer, got);
  if (net::MustWait(now)) {
    events_ = net::EventsFor(now);
    if (!std::exchange(waits_, true)) until_ = std::min(limits_.deadline, After(limits_.read_timeout));
    if (Clock::now() < until_) return std::nullopt;
    return Break(FailureOf(Io::kTimeout, raw_.connection->origin(), kWanted));
  }
  waits_ = false;
  if (now == net::Now::kDone) return got;
  if (now == net::Now::kEnd && !end_is_fault) {
    Finish();
    return std::size_t{0};
  }
  return Break(FailureOf(Io::kBroken, raw_.connection->origin(), kWanted));
}

NetworkBody::Now NetworkBody::ReadChunked(std::span<std::byte> buffer) {
  for (;;) {
    // Inside a chunk with nothing buffered, octets go straight to the caller.
    const bool direct = raw_.buffered.empty() && raw_.decoder.data_left() > 0;
    std::span<std::byte> space = buffer;
    if (direct) {
      space = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), raw_.decoder.data_left())));
      auto got = ReadRaw(space, true);
      if (got && *got) (void)raw_.decoder.Next(AsText(space.first(**got)));
      return got;
    }
    if (raw_.buffered.empty()) {
      std::string fresh(kChunkedReadBytes, '\0');
      auto got = ReadRaw(std::as_writable_bytes(std::span(fresh)), true);
      if (!got || !*got) return got;
      fresh.resize(**got);
      raw_.buffered = std::move(fresh);
    }
    // No more than fits is shown to the decoder: what it takes as data must leave with this call.
    const auto shown = std::string_view(raw_.buffered).substr(0, buffer.size());
    const auto step = raw_.decoder.Next(shown);
    if (step.fault != http::Fault::kNone) {
      return Break({Reason::kProtocol, sdk::Errc::kUpstreamFailed,
                    raw_.connection->origin().Label() + ": bad response: " + std::string(http::MessageOf(step.fault))});
    }
    if (!step.data.empty()) std::memcpy(buffer.data(), step.data.data(), step.data.size());
    const auto size = step.data.size();
    raw_.buffered.erase(0, step.consumed);
    if (raw_.decoder.done()) {
      Finish();
      return size;
    }
    if (size > 0) return size;
  }
}

sdk::Error NetworkBody::Break(Failure failure) {
  raw_.connection.reset();
  failure_ = shared_.metrics.Fail(std::move(failure));
  return *failure_;
}

void NetworkBody::Finish() {
  // Octets that nobody asked for: the next response on this connection could be anybody's.
  const bool clean = raw_.buffered.empty() && raw_.framing.kind != BodyKind::kClose;
  ReturnConnection(std::move(raw_.connection), clean && raw_.keep_alive, shared_);
}

std::optional<RawBody> NetworkBody::Release() {
  if (failure_ || !raw_.connection) return std::nullopt;
  failure_ = sdk::Error{.code = sdk::Errc::kInternal, .message = "this body was handed over"};
  raw_.shared.emplace(shared_);
  return std::move(raw_);
}

std::optional<RawBody> ReleaseRaw(Response& response) {
  auto* body = dynamic_cast<NetworkBody*>(response.body.get());
  return body == nullptr ? std::nullopt : body->Release();
}

void ReturnConnection(std::unique_ptr<Connection> connection, bool keep_alive, const Shared& shared) {
  connection->RememberSession();
  if (keep_alive) shared.pool.Give(std::move(connection));
}

}  // namespace sluice::upstream
