// SPDX-License-Identifier: MIT
#include "torrents.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "dialect.hpp"
#include "store/common/orders.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using namespace std::chrono_literals;
using sdk::Errc;

constexpr std::size_t kMaxReady = 5000;
constexpr std::chrono::seconds kReadyLife = 10min;
constexpr std::size_t kMaxAdding = 1;  // nothing is kept
constexpr std::size_t kMaxLookedAt = 8;

/// Between two looks whether a magnet's files are known: most are within a second or two, and none after 25.
constexpr std::array<std::chrono::milliseconds, 8> kPauses{1s, 1s, 2s, 2s, 4s, 5s, 5s, 5s};

/// How near a torrent is to being played.
int RankOf(const Torrent& torrent) {
  if (torrent.ready()) return 3;
  if (torrent.status->has_selection) return 2;
  return torrent.waits_for_selection() ? 1 : 0;
}

/// It will never serve: it has failed, or the store was told to fetch other files.
bool IsUseless(const Torrent& torrent) {
  return torrent.failed() || (torrent.status->has_selection && !torrent.IsSelectedWell());
}

}  // namespace

Torrents::Torrents(const sdk::Host& host, Client& client)
    : client_(client),
      ids_(host),
      adding_(host, kDialect.store, kMaxAdding),
      ready_(host, kDialect.store, kMaxReady),
      patience_(host, kDialect.store) {}

sdk::Error Torrents::NoSuch(std::string_view what) const { return client_.api().Fault(Errc::kNotFound, what); }

sdk::Result<Torrent> Torrents::Read(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id) {
  const auto info = client_.Info(call, user, id);
  if (!info) return info.error();
  auto torrent = ReadTorrent(*info);
  if (!torrent || torrent->id != id)
    return client_.api().Unusable(endpoints::kInfo.name, "a torrent with its id and hash");
  return *std::move(torrent);
}

sdk::Result<sdk::Item> Torrents::Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  const auto hash = store::HashOfOrder(order, kDialect.store);
  if (!hash) return hash.error();
  const auto account = client_.api().AccountOf(user.token);
  const Adding adding{.call = call, .user = user, .order = order, .account = account, .hash = *hash};
  return adding_.Find(call, account + "/" + *hash, [&]() -> sdk::Result<remote::TtlCache<sdk::Item>::Fresh> {
    auto item = AddOnce(adding);
    if (!item) return std::move(item).error();
    return remote::TtlCache<sdk::Item>::Fresh{.value = *std::move(item), .life = 0s};
  });
}

sdk::Result<sdk::Item> Torrents::AddOnce(const Adding& adding) {
  for (int tries = 0;; ++tries) {
    auto present = FindPresent(adding);
    if (!present) return std::move(present).error();
    auto torrent = *present ? sdk::Result<Torrent>(**std::move(present)) : AddNew(adding);
    if (!torrent) {
      // Somebody else has just added it: the list says under which id.
      if (torrent.error().reason != sdk::Reason::kConflict || tries > 0) return std::move(torrent).error();
      ids_.ForgetAll(adding.account);
      continue;
    }
    const auto id = torrent->id;
    auto item = Complete(adding, *std::move(torrent));
    if (item || item.error().code != Errc::kNotFound) return item;
    // Deleted meanwhile, by its owner.
    ids_.Forget(adding.account, adding.hash, id);
    if (tries > 0) return client_.api().Unusable(endpoints::kInfo.name, "the torrent that was added");
  }
}

sdk::Result<std::optional<Torrent>> Torrents::FindPresent(const Adding& adding) {
  const auto ids =
      ids_.Find(adding.call, adding.account, adding.hash, [&] { return ReadIds(adding.call, adding.user); });
  if (!ids) return ids.error();
  std::optional<Torrent> best;
  for (std::size_t i = 0; i < std::min(ids->size(), kMaxLookedAt) && !(best && best->ready()); ++i) {
    const auto& id = (*ids)[i];
    auto torrent = Read(adding.call, adding.user, id);
    if (!torrent && torrent.error().code != Errc::kNotFound) return std::move(torrent).error();
    bool is_gone = !torrent || torrent->hash != adding.hash;
    if (!is_gone && IsUseless(*torrent)) {
      const auto deleted = client_.Delete(adding.call, adding.user, id);
      if (!deleted && deleted.error().code != Errc::kNotFound) return deleted.error();
      ready_.Forget(adding.account + "/" + id);
      is_gone = true;
    }
    if (is_gone) {
      ids_.Forget(adding.account, adding.hash, id);
    } else if (!best || RankOf(*torrent) > RankOf(*best)) {
      best = *std::move(torrent);
    }
  }
  return best;
}

sdk::Result<Torrent> Torrents::AddNew(const Adding& adding) {
  const auto& order = adding.order;
  const auto id = order.file.empty() ? client_.AddMagnet(adding.call, adding.user, order.uri)
                                     : client_.AddTorrent(adding.call, adding.user, order.file);
  if (!id) return id.error();
  ids_.Note(adding.account, adding.hash, *id);
  return Read(adding.call, adding.user, *id);
}

sdk::Result<sdk::Item> Torrents::Complete(const Adding& adding, Torrent torrent) {
  for (const auto pause : kPauses) {
    if (torrent.waits_for_selection() || torrent.status->has_selection || torrent.failed()) break;
    if (!store::Patience::Fits(adding.call, pause)) break;
    if (auto waited = patience_.Wait(adding.call, pause); !waited) return waited.error();
    auto now = Read(adding.call, adding.user, torrent.id);
    if (!now) return std::move(now).error();
    torrent = *std::move(now);
  }
  if (torrent.waits_for_selection()) {
    auto selected = client_.SelectFiles(adding.call, adding.user, torrent.id, torrent.Selection());
    if (!selected) return selected.error();
    auto now = Read(adding.call, adding.user, torrent.id);
    if (!now) return std::move(now).error();
    torrent = *std::move(now);
  } else if (!torrent.status->has_selection && !torrent.failed()) {
    auto error = client_.api().Fault(Errc::kUpstreamFailed, "the files of the torrent are not known yet (" +
                                                                std::string(torrent.status->name) + ")");
    error.reason = sdk::Reason::kUnavailable;
    error.retry_after = kPauses.back();
    return error;
  }
  auto item = torrent.ToItem();
  if (torrent.ready()) {
    const auto key = adding.account + "/" + torrent.id;
    ready_.Put(key, std::make_shared<const Torrent>(std::move(torrent)), kReadyLife);
  }
  return item;
}

sdk::Result<IdsByHash> Torrents::ReadIds(const sdk::Call& call, const sdk::StoreUser& user) {
  const auto entries = client_.ListAll(call, user, endpoints::kTorrents);
  if (!entries) return entries.error();
  IdsByHash ids;
  for (const auto& entry : *entries) {
    if (auto torrent = ReadTorrent(entry)) ids[torrent->hash].push_back(torrent->id);
  }
  return ids;
}

sdk::Result<sdk::Item> Torrents::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  if (!IsId(id)) return NoSuch("the account has no such torrent");
  auto torrent = Read(call, user, std::string(id));
  const auto key = client_.api().AccountOf(user.token) + "/" + std::string(id);
  if (!torrent) {
    if (torrent.error().code == Errc::kNotFound) ready_.Forget(key);
    return std::move(torrent).error();
  }
  auto item = torrent->ToItem();
  if (torrent->ready()) ready_.Put(key, std::make_shared<const Torrent>(*std::move(torrent)), kReadyLife);
  return item;
}

sdk::Result<std::uint64_t> Torrents::List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                          sdk::ItemSink& sink) {
  const auto part = client_.List(call, user, endpoints::kTorrents, page.offset, page.limit);
  if (!part) return part.error();
  const auto count = std::min<std::size_t>(part->entries.size(), page.limit);
  for (std::size_t i = 0; i < count; ++i) {
    const auto torrent = ReadTorrent(part->entries[i]);
    if (!torrent) return client_.api().Unusable(endpoints::kTorrents.name, "torrents with their ids and hashes");
    auto item = torrent->ToItem();
    item.files.clear();
    if (!sink.Put(item)) break;
  }
  return std::max<std::uint64_t>(part->total, count == 0 ? 0 : page.offset + count);
}

sdk::Status Torrents::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  if (!IsId(id)) return NoSuch("the account has no such torrent");
  auto deleted = client_.Delete(call, user, std::string(id));
  if (deleted || deleted.error().code == Errc::kNotFound)
    ready_.Forget(client_.api().AccountOf(user.token) + "/" + std::string(id));
  return deleted;
}

sdk::Result<Torrents::Known> Torrents::ReadReady(const sdk::Call& call, const sdk::StoreUser& user,
                                                 const std::string& id) {
  const auto key = client_.api().AccountOf(user.token) + "/" + id;
  return ready_.Find(call, key, [&]() -> sdk::Result<remote::TtlCache<Known>::Fresh> {
    auto torrent = Read(call, user, id);
    if (!torrent) return std::move(torrent).error();
    const auto life = torrent->ready() ? kReadyLife : 0s;
    return remote::TtlCache<Known>::Fresh{.value = std::make_shared<const Torrent>(*std::move(torrent)), .life = life};
  });
}

sdk::Result<sdk::Source> Torrents::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                        std::string_view file) {
  if (!IsId(id)) return NoSuch("the account has no such torrent");
  const auto torrent = ReadReady(call, user, std::string(id));
  if (!torrent) return torrent.error();
  const auto& files = (*torrent)->files;
  const auto found = std::find_if(files.begin(), files.end(), [&](const TorrentFile& one) {
    return !one.link.empty() && std::to_string(one.number) == file;
  });
  if (found == files.end()) return NoSuch("the torrent has no such file, or is not ready");
  auto made = client_.Unrestrict(call, user, found->link);
  if (!made) {
    // The link may have been made anew since.
    if (made.error().code == Errc::kNotFound)
      ready_.Forget(client_.api().AccountOf(user.token) + "/" + std::string(id));
    return std::move(made).error();
  }
  if ((*torrent)->is_packed && !found->IsCalled(made->name))
    return NoSuch("the store has packed the torrent's files into an archive");
  return sdk::Source{.url = std::move(made->url), .resumable = true};
}

}  // namespace sluice::plugins::realdebrid
