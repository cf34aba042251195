// SPDX-License-Identifier: MIT
#include "magnets.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <sluice/sdk/hex.hpp>
#include <utility>

#include "dialect.hpp"
#include "store/common/orders.hpp"
#include "store/common/paging.hpp"
#include "store/common/paths.hpp"

namespace sluice::plugins::alldebrid {
namespace {

using namespace std::chrono_literals;
using sdk::Errc;
using store::Json;

constexpr std::size_t kMaxAdding = 1;  // nothing is kept
constexpr std::size_t kMaxReady = 2000;
constexpr std::size_t kMaxLists = 500;
constexpr std::chrono::seconds kReadyLife = 10min;
constexpr std::chrono::seconds kListLife = 60s;

/// The store says of an id that it does not have what it says of a bad magnet.
sdk::Error OfAnId(sdk::Error error) {
  if (error.reason == sdk::Reason::kInvalidMagnet) {
    error.code = Errc::kNotFound;
    error.reason = sdk::Reason::kNone;
  }
  return error;
}

}  // namespace

Magnets::Magnets(sdk::Host host, Client& client, Unlocker& unlocker)
    : host_(std::move(host)),
      client_(client),
      unlocker_(unlocker),
      adding_(host_, kDialect.store, kMaxAdding),
      ready_(host_, kDialect.store, kMaxReady),
      lists_(host_, kDialect.store, kMaxLists) {}

sdk::Error Magnets::NoSuch(std::string_view what) const { return client_.api().Fault(Errc::kNotFound, what); }

sdk::Result<sdk::Item> Magnets::Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  const auto hash = store::HashOfOrder(order, kDialect.store);
  if (!hash) return hash.error();
  const auto key = client_.api().AccountOf(user.token) + "/" + *hash;
  return adding_.Find(call, key, [&]() -> sdk::Result<remote::TtlCache<sdk::Item>::Fresh> {
    auto item = AddOnce(call, user, order, *hash);
    if (!item) return std::move(item).error();
    return remote::TtlCache<sdk::Item>::Fresh{.value = *std::move(item), .life = 0s};
  });
}

sdk::Result<sdk::Item> Magnets::AddOnce(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order,
                                        const std::string& hash) {
  const auto uploaded = Upload(call, user, order);
  if (!uploaded) return uploaded.error();
  auto id = store::TextOf(*uploaded, "id");
  const auto& endpoint = order.file.empty() ? endpoints::kUpload : endpoints::kUploadFile;
  if (!IsId(id)) return client_.api().Unusable(endpoint.name, "/data/magnets/0/id");
  const auto account = client_.api().AccountOf(user.token);
  lists_.Forget(account);
  if (!store::BoolOf(*uploaded, "ready")) {
    return sdk::Item{.id = std::move(id),
                     .hash = hash,
                     .name = store::SafeName(store::TextOf(*uploaded, "name")),
                     .state = sdk::ItemState::kQueued,
                     .size_bytes = store::UintOf(*uploaded, "size")};
  }
  auto magnet = Read(call, user, id);
  if (!magnet) return std::move(magnet).error();
  auto item = magnet->item;
  if (magnet->ready()) ready_.Put(account + "/" + id, std::make_shared<const Magnet>(*std::move(magnet)), kReadyLife);
  return item;
}

sdk::Result<Json> Magnets::Upload(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  const bool is_file = !order.file.empty();
  const auto& endpoint = is_file ? endpoints::kUploadFile : endpoints::kUpload;
  const auto boundary = is_file ? sdk::HexEncode(host_.secrets().Random(16)) : std::string();
  auto body = is_file ? store::MultipartBody(boundary, "files[0]", "upload.torrent", order.file, {})
                      : store::FormBody({{"magnets[]", order.uri}});
  const auto data = client_.Post(call, user, endpoint, std::move(body));
  if (!data) return data.error();
  // Of files some versions of the API answer under another name.
  const auto* list = store::Member(*data, "magnets");
  if (list == nullptr) list = store::Member(*data, "files");
  if (list == nullptr || !list->is_array() || list->size() != 1)
    return client_.api().Unusable(endpoint.name, "/data/magnets, one for the one that was sent");
  if (auto complaint = client_.ComplaintOf(endpoint, list->front())) return *std::move(complaint);
  return list->front();
}

sdk::Result<Magnet> Magnets::Read(const sdk::Call& call, const sdk::StoreUser& user, const std::string& id) {
  const auto data = client_.Get(call, user, endpoints::kStatus, {{"id", id}});
  if (!data) return OfAnId(data.error());
  const auto all = MagnetsIn(*data);
  if (all.empty()) return NoSuch("the account has no such magnet");
  if (auto complaint = client_.ComplaintOf(endpoints::kStatus, *all.front())) return OfAnId(*std::move(complaint));
  auto magnet = ReadMagnet(*all.front());
  if (!magnet || magnet->item.id != id)
    return client_.api().Unusable(endpoints::kStatus.name, "/data/magnets, the magnet with its id and hash");
  if (auto added = AddFiles(call, user, *magnet); !added) return added.error();
  return *std::move(magnet);
}

sdk::Status Magnets::AddFiles(const sdk::Call& call, const sdk::StoreUser& user, Magnet& magnet) {
  if (!magnet.ready() || magnet.has_files) return sdk::Ok();
  const auto data = client_.Get(call, user, endpoints::kFiles, {{"id[]", magnet.item.id}});
  if (!data) return OfAnId(data.error());
  for (const auto* const entry : MagnetsIn(*data)) {
    if (auto complaint = client_.ComplaintOf(endpoints::kFiles, *entry)) return OfAnId(*std::move(complaint));
    const auto* const files = store::Member(*entry, "files");
    if (store::TextOf(*entry, "id") != magnet.item.id || files == nullptr) continue;
    ReadFiles(*files, magnet);
    if (magnet.has_files) return sdk::Ok();
  }
  return client_.api().Unusable(endpoints::kFiles.name, "/data/magnets/0/files");
}

sdk::Result<sdk::Item> Magnets::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  if (!IsId(id)) return NoSuch("the account has no such magnet");
  const auto key = client_.api().AccountOf(user.token) + "/" + std::string(id);
  auto magnet = Read(call, user, std::string(id));
  if (!magnet) {
    if (magnet.error().code == Errc::kNotFound) ready_.Forget(key);
    return std::move(magnet).error();
  }
  auto item = magnet->item;
  if (magnet->ready()) ready_.Put(key, std::make_shared<const Magnet>(*std::move(magnet)), kReadyLife);
  return item;
}

sdk::Result<std::vector<sdk::Item>> Magnets::ReadAll(const sdk::Call& call, const sdk::StoreUser& user) {
  const auto data = client_.Get(call, user, endpoints::kStatus);
  if (!data) return data.error();
  std::vector<sdk::Item> items;
  for (const auto* const entry : MagnetsIn(*data)) {
    auto magnet = ReadMagnet(*entry);
    if (!magnet) return client_.api().Unusable(endpoints::kStatus.name, "/data/magnets with their ids and hashes");
    magnet->item.files.clear();
    items.push_back(std::move(magnet->item));
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const sdk::Item& a, const sdk::Item& b) { return a.added_at > b.added_at; });
  return items;
}

sdk::Result<std::uint64_t> Magnets::List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                         sdk::ItemSink& sink) {
  const auto account = client_.api().AccountOf(user.token);
  const auto items = lists_.Find(call, account, [&]() -> sdk::Result<remote::TtlCache<Items>::Fresh> {
    auto all = ReadAll(call, user);
    if (!all) return std::move(all).error();
    return remote::TtlCache<Items>::Fresh{.value = std::make_shared<const std::vector<sdk::Item>>(*std::move(all)),
                                          .life = kListLife};
  });
  if (!items) return items.error();
  return store::PutPage(**items, page, sink, [](const sdk::Item& item) -> const sdk::Item& { return item; });
}

sdk::Status Magnets::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  if (!IsId(id)) return NoSuch("the account has no such magnet");
  const auto data = client_.Get(call, user, endpoints::kDelete, {{"id", id}});
  const auto error = data ? client_.ComplaintOf(endpoints::kDelete, *data) : std::optional(data.error());
  const auto account = client_.api().AccountOf(user.token);
  if (error && OfAnId(*error).code != Errc::kNotFound) return *error;
  ready_.Forget(account + "/" + std::string(id));
  lists_.Forget(account);
  return error ? sdk::Status(OfAnId(*error)) : sdk::Ok();
}

sdk::Result<sdk::Source> Magnets::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                       std::string_view file) {
  if (!IsId(id)) return NoSuch("the account has no such magnet");
  const auto key = client_.api().AccountOf(user.token) + "/" + std::string(id);
  const auto magnet = ready_.Find(call, key, [&]() -> sdk::Result<remote::TtlCache<Known>::Fresh> {
    auto read = Read(call, user, std::string(id));
    if (!read) return std::move(read).error();
    const auto life = read->ready() ? kReadyLife : 0s;
    return remote::TtlCache<Known>::Fresh{.value = std::make_shared<const Magnet>(*std::move(read)), .life = life};
  });
  if (!magnet) return magnet.error();
  const auto& files = (*magnet)->item.files;
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const sdk::File& one) { return !one.id.empty() && one.id == file; });
  if (found == files.end()) return NoSuch("the magnet has no such file, or is not ready");
  // For anybody: an address would bind the link, and the store does not ask for one here.
  auto url = unlocker_.UrlOf(call, user, (*magnet)->links.at(found->index), {});
  if (!url) {
    if (url.error().code == Errc::kNotFound) ready_.Forget(key);
    return std::move(url).error();
  }
  return sdk::Source{.url = *std::move(url), .resumable = true};
}

}  // namespace sluice::plugins::alldebrid
