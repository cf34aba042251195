// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Indexer over a plugin's C table.

#include <sluice/abi/indexer.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/indexer.hpp>

namespace sluice::sdk::detail {

class IndexerFromTable final : public Indexer {
 public:
  IndexerFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "indexer") {}

  Status Search(const Call& call, const IndexerUser& user, const Query& query, ReleaseSink& sink) override {
    const sluice_indexer_user who{
        .struct_size = SizeOf<sluice_indexer_user>(), .reserved = 0, .url = Str(user.url), .key = Str(user.key)};
    Array<sluice_str, 8> titles;
    titles.Fill(query.titles, Str);
    const sluice_query view{.struct_size = SizeOf<sluice_query>(),
                            .limit = query.limit,
                            .text = Str(query.text),
                            .imdb_id = Str(query.imdb_id),
                            .has_season = query.season ? 1U : 0U,
                            .season = query.season.value_or(0),
                            .has_episode = query.episode ? 1U : 0U,
                            .episode = query.episode.value_or(0),
                            .kind = static_cast<sluice_title_kind>(query.kind),
                            .year = query.year,
                            .titles = titles.data(),
                            .title_count = titles.size()};
    ManyFrame<ReleaseSink> frame(sink);
    return target_.Invoke("search", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return target_.table<sluice_indexer_table>().search(target_.self(), &call.abi(), &who, &view,
                                                          {ctx, &PutMany<ReleaseSink, Release, sluice_release>}, error);
    });
  }

 private:
  Target target_;
};

}  // namespace sluice::sdk::detail
