// SPDX-License-Identifier: MIT
#include "unlocker.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "dialect.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using namespace std::chrono_literals;
using sdk::Errc;
using store::Json;
using store::TextOf;
using store::UintOf;

/// Between two looks whether a link is there; the last again and again, while the call lasts.
constexpr std::array<std::chrono::milliseconds, 4> kPauses{1s, 2s, 2s, 5s};
constexpr std::size_t kMaxLooks = 60;

enum class Progress : std::uint8_t { kMaking = 1, kThere = 2, kFailed = 3 };

/// A number, or that of a text; empty for 0, which says that there is none.
std::string NumberOf(const Json& data, const char* name) {
  const auto text = TextOf(data, name);
  return IsId(text) ? text : std::string();
}

std::string LargestOf(const Json& data) {
  const auto* const streams = store::Member(data, "streams");
  if (streams == nullptr || !streams->is_array()) return {};
  std::string largest;
  std::uint64_t size = 0;
  for (const auto& stream : *streams) {
    const auto id = TextOf(stream, "id");
    if (id.empty() || (!largest.empty() && UintOf(stream, "filesize") <= size)) continue;
    largest = id;
    size = UintOf(stream, "filesize");
  }
  return largest;
}

}  // namespace

Unlocker::Unlocker(sdk::Host host, Client& client) : client_(client), patience_(std::move(host), kDialect.store) {}

sdk::Result<Unlocked> Unlocker::Unlock(const sdk::Call& call, const sdk::StoreUser& user, std::string_view link,
                                       std::string_view address) {
  const auto data = client_.Get(call, user, endpoints::kUnlock, {{"link", link}, {"userip", address}});
  if (!data) return data.error();
  return Unlocked{.url = TextOf(*data, "link"),
                  .delayed = NumberOf(*data, "delayed"),
                  .name = TextOf(*data, "filename"),
                  .size_bytes = UintOf(*data, "filesize"),
                  .id = TextOf(*data, "id"),
                  .stream = LargestOf(*data)};
}

sdk::Result<std::string> Unlocker::UrlOf(const sdk::Call& call, const sdk::StoreUser& user, std::string_view link,
                                         std::string_view address) {
  auto unlocked = Unlock(call, user, link, address);
  if (!unlocked) return std::move(unlocked).error();
  if (!unlocked->delayed.empty()) return WaitFor(call, user, unlocked->delayed);
  if (!unlocked->url.empty() || unlocked->stream.empty())
    return Checked(user, endpoints::kUnlock, std::move(unlocked->url));
  const auto chosen = client_.Post(call, user, endpoints::kStreaming,
                                   store::FormBody({{"id", unlocked->id}, {"stream", unlocked->stream}}));
  if (!chosen) return chosen.error();
  if (const auto delayed = NumberOf(*chosen, "delayed"); !delayed.empty()) return WaitFor(call, user, delayed);
  return Checked(user, endpoints::kStreaming, TextOf(*chosen, "link"));
}

sdk::Result<std::string> Unlocker::WaitFor(const sdk::Call& call, const sdk::StoreUser& user,
                                           const std::string& delayed) {
  std::chrono::milliseconds left = kPauses.back();
  for (std::size_t i = 0; i < kMaxLooks; ++i) {
    const auto data = client_.Get(call, user, endpoints::kDelayed, {{"id", delayed}});
    if (!data) return data.error();
    const auto progress = static_cast<Progress>(std::min<std::uint64_t>(UintOf(*data, "status"), 255));
    if (progress == Progress::kThere) return Checked(user, endpoints::kDelayed, TextOf(*data, "link"));
    if (progress == Progress::kFailed)
      return client_.api().Fault(Errc::kUpstreamFailed, "link/delayed: the store could not make the link");
    if (progress != Progress::kMaking) return client_.api().Unusable(endpoints::kDelayed.name, "/data/status, 1 to 3");
    left = std::chrono::seconds(std::clamp<std::uint64_t>(UintOf(*data, "time_left"), 1, 600));
    const auto pause = kPauses.at(std::min(i, kPauses.size() - 1));
    if (!store::Patience::Fits(call, pause)) break;
    if (auto waited = patience_.Wait(call, pause); !waited) return waited.error();
  }
  auto error = client_.api().Fault(Errc::kUpstreamFailed, "link/delayed: the link is still being made");
  error.reason = sdk::Reason::kUnavailable;
  error.retry_after = left;
  return error;
}

sdk::Result<std::string> Unlocker::Checked(const sdk::StoreUser& user, const store::Endpoint& endpoint,
                                           std::string url) {
  const auto parsed = sdk::ParseUrl(url);
  if (!parsed || !parsed->http() || url.find(user.token) != std::string::npos)
    return client_.api().Unusable(endpoint.name, "/data/link, an http or https URL without the key");
  return url;
}

}  // namespace sluice::plugins::alldebrid
