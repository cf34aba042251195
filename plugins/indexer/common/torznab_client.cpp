// SPDX-License-Identifier: MIT
#include "indexer/common/torznab_client.hpp"

#include <chrono>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "indexer/common/outcomes.hpp"
#include "indexer/common/parallel.hpp"

namespace sluice::plugins::indexer {
namespace {

constexpr std::chrono::minutes kLifeOfCaps{15};
constexpr std::size_t kMaxIndexes = 1000;
constexpr std::size_t kAtOnce = 10;

/// Of one index under one key.
std::string WhoOf(const Endpoint& endpoint) { return endpoint.url + " " + endpoint.key; }

}  // namespace

TorznabClient::TorznabClient(Asker& asker) : asker_(asker), caps_(asker.host(), "the index", kMaxIndexes) {}

template <typename T>
sdk::Result<T> TorznabClient::Ask(const sdk::Call& call, const char* what, const Endpoint& endpoint,
                                  const std::string& parameters,
                                  sdk::Result<T> (*read)(std::string_view, std::string_view)) {
  std::string url = endpoint.url + "?" + parameters;
  if (!endpoint.key.empty()) url += "&apikey=" + sdk::PercentEncode(endpoint.key);
  const auto who = WhoOf(endpoint);
  const auto answer = asker_.Send(call, what, who,
                                  {.url = std::move(url),
                                   .headers = {{"Accept", "application/rss+xml, application/xml, text/xml"}},
                                   .max_body_bytes = kMaxXmlBytes});
  if (!answer) return answer.error();
  const auto refuse = [&](sdk::Error error) {
    error.upstream_status = static_cast<std::uint32_t>(answer->status);
    if (error.code == sdk::Errc::kRateLimited) error.retry_after = PauseOf(*answer, asker_.host());
    return asker_.Note(what, who, std::move(error));
  };
  // Content types say little: feeds come as text/html too, and errors with status 200.
  if (answer->status != 200) {
    auto fault = ReadErrorOf(answer->body, endpoint.key);
    return refuse(fault ? *std::move(fault) : Unwanted(*answer, "200", asker_.host()));
  }
  auto document = read(answer->body, endpoint.key);
  if (!document) return refuse(std::move(document).error());
  return document;
}

sdk::Result<std::shared_ptr<const Caps>> TorznabClient::GetCaps(const sdk::Call& call, const Endpoint& endpoint) {
  using Fresh = remote::TtlCache<std::shared_ptr<const Caps>>::Fresh;
  return caps_.Find(call, WhoOf(endpoint), [&]() -> sdk::Result<Fresh> {
    auto caps = Ask<Caps>(call, "caps", endpoint, "t=caps", ReadCaps);
    if (!caps) return std::move(caps).error();
    return Fresh{.value = std::make_shared<const Caps>(*std::move(caps)), .life = kLifeOfCaps};
  });
}

sdk::Status TorznabClient::Search(const sdk::Call& call, const Endpoint& endpoint, const Question& question,
                                  const std::vector<std::uint32_t>& categories, Harvest& harvest, Findings& findings) {
  const auto caps = GetCaps(call, endpoint);
  if (!caps) return caps.error();
  const auto plan = PlanOf(**caps, question, categories);
  auto name = endpoint.name.empty() ? (*caps)->server : endpoint.name;
  if (const auto host = HostOf(endpoint.url); name.empty()) name = host.substr(0, host.rfind(':'));
  Outcomes outcomes;
  EachOf(asker_.host(), call, plan.size(), kAtOnce,
         [&](std::size_t i) { outcomes.Add(Follow(call, endpoint, name, plan[i], harvest)); });
  return outcomes.Sum(findings);
}

sdk::Status TorznabClient::Follow(const sdk::Call& call, const Endpoint& endpoint, const std::string& name,
                                  const TorznabRequest& request, Harvest& harvest) {
  auto items = Ask<std::vector<Item>>(call, "search", endpoint, request.parameters, ReadFeed);
  if (!items) return items.error();
  harvest.Take(call, *std::move(items),
               {.url = endpoint.url,
                .name = name,
                .only_host = endpoint.only_host,
                .secret = endpoint.key,
                .is_private = endpoint.is_private,
                .is_exact = request.exact});
  return sdk::Ok();
}

}  // namespace sluice::plugins::indexer
