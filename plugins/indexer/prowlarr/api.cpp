// SPDX-License-Identifier: MIT
#include "api.hpp"

#include <chrono>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "indexer/common/torznab_plan.hpp"

namespace sluice::plugins::prowlarr {
namespace {

using indexer::Item;

constexpr std::chrono::minutes kLifeOfIndexers{15};
constexpr std::size_t kMaxServers = 1000;
constexpr std::size_t kPage = 100;
constexpr std::size_t kMaxPages = 3;

std::string WhoOf(const Server& server) { return server.base + " " + server.key; }

const char* TypeOf(const indexer::Question& question) {
  if (question.kind == sdk::TitleKind::kMovie) return "movie";
  return question.kind == sdk::TitleKind::kSeries ? "tvsearch" : "search";
}

/// Some indexes know no pages, and begin anew.
bool AreSame(const std::vector<Item>& items, const std::string& first) {
  return !items.empty() && items.front().title == first;
}

}  // namespace

Api::Api(indexer::Asker& asker) : asker_(asker), indexers_(asker.host(), "the index", kMaxServers) {}

template <typename T>
sdk::Result<T> Api::Get(const sdk::Call& call, const char* what, const Server& server, const std::string& path,
                        const std::string& who, sdk::Result<T> (*read)(std::string_view)) {
  sdk::HttpRequest request{
      .url = server.base + path, .headers = {{"Accept", "application/json"}}, .max_body_bytes = kMaxJsonBytes};
  if (!server.key.empty()) request.headers.push_back({"X-Api-Key", server.key});
  const auto answer = asker_.Send(call, what, who, std::move(request));
  if (!answer) return answer.error();
  if (answer->status != 200) return asker_.Note(what, who, indexer::Unwanted(*answer, "200", asker_.host()));
  auto document = read(answer->body);
  if (!document) return asker_.Note(what, who, document.error());
  return document;
}

sdk::Result<Api::Indexers> Api::GetIndexers(const sdk::Call& call, const Server& server) {
  using Fresh = remote::TtlCache<Indexers>::Fresh;
  const auto who = WhoOf(server);
  return indexers_.Find(call, who, [&]() -> sdk::Result<Fresh> {
    auto list = Get<std::vector<Listed>>(call, "indexers", server, "/api/v1/indexer", who, ReadIndexers);
    if (!list) return std::move(list).error();
    return Fresh{.value = std::make_shared<const std::vector<Listed>>(*std::move(list)), .life = kLifeOfIndexers};
  });
}

sdk::Status Api::Search(const sdk::Call& call, const Server& server, const Listed& index,
                        const indexer::Question& question, const indexer::SearchText& text,
                        const std::vector<std::uint32_t>& categories, indexer::Harvest& harvest) {
  const auto id = std::to_string(index.id);
  std::string path =
      "/api/v1/search?query=" + sdk::PercentEncode(text.whole()) + "&type=" + TypeOf(question) + "&indexerIds=" + id;
  for (const auto category : categories.empty() ? indexer::CategoriesOf(question.kind) : categories) {
    path += "&categories=" + std::to_string(category);
  }
  path += "&limit=" + std::to_string(kPage) + "&offset=";
  const indexer::Origin origin{.url = server.base + "/",
                               .name = index.name,
                               .only_host = server.only_host,
                               .secret = server.key,
                               .is_private = index.is_private};
  std::string first;
  for (std::size_t page = 0; page < kMaxPages; ++page) {
    auto items = Get<std::vector<Item>>(call, "search", server, path + std::to_string(page * kPage),
                                        WhoOf(server) + " " + id, ReadResults);
    if (!items) return items.error();
    if (page > 0 && AreSame(*items, first)) break;
    const bool is_last = items->size() < kPage;
    if (!items->empty()) first = items->front().title;
    harvest.Take(call, *std::move(items), origin);
    if (is_last) break;
  }
  return sdk::Ok();
}

}  // namespace sluice::plugins::prowlarr
