// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Indexer as a C table.

#include <sluice/abi/indexer.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/indexer.hpp>

namespace sluice::sdk::detail {

class ReleaseSinkClient final : public ReleaseSink {
 public:
  explicit ReleaseSinkClient(sluice_release_sink sink) : sink_(sink) {}
  bool Put(const Release& release) override {
    const sluice_release view{.struct_size = SizeOf<sluice_release>(),
                              .seeders = release.seeders,
                              .title = Str(release.title),
                              .info_hash = Str(release.info_hash),
                              .magnet = Str(release.magnet),
                              .size_bytes = release.size_bytes,
                              .torrent_url = Str(release.torrent_url),
                              .indexer = Str(release.indexer),
                              .published_at = ToSeconds(release.published_at),
                              .is_private = release.is_private ? 1U : 0U,
                              .exact = release.exact ? 1U : 0U};
    return sink_.put(sink_.ctx, &view) == 0;
  }

 private:
  sluice_release_sink sink_;
};

template <>
struct Kind<Indexer> {
  static constexpr const char* id = SLUICE_INDEXER_KIND;

  static TitleKind FromTitleKind(sluice_title_kind kind) noexcept {
    return kind > SLUICE_TITLE_ANIME ? TitleKind::kAny : static_cast<TitleKind>(kind);
  }

  static sluice_status Search(void* self, const sluice_call* call, const sluice_indexer_user* user,
                              const sluice_query* view, sluice_release_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      Array<std::string_view, 8> titles;
      titles.Fill(Elements(view->titles, view->title_count), [](sluice_str title) { return View(title); });
      Query query{.text = View(view->text),
                  .imdb_id = View(view->imdb_id),
                  .season = {},
                  .episode = {},
                  .limit = view->limit,
                  .kind = FromTitleKind(view->kind),
                  .year = view->year,
                  .titles = titles.span()};
      if (view->has_season != 0) query.season = view->season;
      if (view->has_episode != 0) query.episode = view->episode;
      ReleaseSinkClient sink(out);
      return Self<Indexer>(self).Search(Call(*call), {.url = View(user->url), .key = View(user->key)}, query, sink);
    });
  }

  static constexpr sluice_indexer_table kTable{
      .struct_size = SizeOf<sluice_indexer_table>(), .reserved = 0, .search = &Search};
};

}  // namespace sluice::sdk::detail
