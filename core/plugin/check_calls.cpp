// SPDX-License-Identifier: MIT
#include <array>
#include <chrono>
#include <sluice/sdk/call.hpp>

#include "core/plugin/check_child.hpp"

namespace sluice::plugin {
namespace {

using namespace std::chrono_literals;

std::uint32_t AlwaysCancelled(const sluice_call*) { return 1; }

sluice_call CancelledCall() {
  sluice_call call{};
  call.struct_size = sizeof(call);
  const auto deadline = sdk::Call::Clock::now() + 5s;
  call.deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
  call.cancelled = AlwaysCancelled;
  return call;
}

struct NoItems final : sdk::ItemSink {
  bool Put(const sdk::Item&) override { return false; }
};
struct NoReleases final : sdk::ReleaseSink {
  bool Put(const sdk::Release&) override { return false; }
};
struct NoMedia final : sdk::MediaSink {
  bool Put(const sdk::MediaItem&) override { return false; }
};
struct NoEdit final : sdk::HeadEdit {
  void Set(std::string_view, std::string_view) override {}
  void Remove(std::string_view) override {}
};

constexpr std::string_view kNonsense = "sluice-check-plugin";
constexpr std::string_view kHash = "0123456789abcdef0123456789abcdef01234567";

struct Caller {
  const sdk::Call& call;

  std::string_view operator()(sdk::AuthBackend& auth) const {
    static_cast<void>(auth.Authenticate(call, {.scheme = "bearer", .secret = kNonsense, .client_ip = "192.0.2.1"}));
    return "authenticate";
  }
  std::string_view operator()(sdk::Store& store) const {
    NoItems sink;
    const std::array<std::string_view, 1> hashes = {kHash};
    static_cast<void>(
        store.Check(call, {.token = kNonsense, .client_ip = "192.0.2.1"}, sdk::Content::kTorrent, hashes, sink));
    return "check";
  }
  std::string_view operator()(sdk::Indexer& indexer) const {
    NoReleases sink;
    static_cast<void>(indexer.Search(call, {}, {.text = kNonsense, .limit = 1}, sink));
    return "search";
  }
  std::string_view operator()(sdk::ManifestRewriter& rewriter) const {
    static_cast<void>(rewriter.Accepts(
        {.content_type = "text/plain", .url = "http://192.0.2.1/sluice-check-plugin", .first_bytes = kNonsense}));
    return "accepts";
  }
  std::string_view operator()(sdk::MediaBackend& media) const {
    NoMedia sink;
    const sdk::Principal who{.subject = "user:sluice-check-plugin"};
    static_cast<void>(media.Browse(call, who, kNonsense, sink));
    return "browse";
  }
  std::string_view operator()(sdk::Resolver& resolver) const {
    static_cast<void>(resolver.Resolve(call, {.method = "GET", .path = "/sluice-check-plugin"}));
    return "resolve";
  }
  std::string_view operator()(sdk::Endpoint& /*endpoint*/) const { return {}; }  // any route may change something
  std::string_view operator()(sdk::Filter& filter) const {
    NoEdit edit;
    static_cast<void>(filter.OnRequest(call, {.method = "GET", .path = "/sluice-check-plugin"}, edit));
    return "on_request";
  }
};

}  // namespace

std::string_view CallHarmlessly(const Interface& instance) {
  const auto call = CancelledCall();
  const sdk::Call view(call);
  const Caller caller{view};
  return std::visit([&](const auto& held) { return caller(*held); }, instance);
}

}  // namespace sluice::plugin
