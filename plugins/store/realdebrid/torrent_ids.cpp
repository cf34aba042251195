// SPDX-License-Identifier: MIT
#include "torrent_ids.hpp"

#include <cstddef>
#include <utility>

#include "dialect.hpp"

namespace sluice::plugins::realdebrid {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxAccounts = 500;
constexpr std::chrono::seconds kLife = 10min;
constexpr auto kReadAgain = 1min;

}  // namespace

TorrentIds::TorrentIds(sdk::Host host) : host_(host), books_(std::move(host), kDialect.store, kMaxAccounts) {}

sdk::Result<std::vector<std::string>> TorrentIds::Find(const sdk::Call& call, const std::string& account,
                                                       const std::string& hash, const Ask& ask) {
  const auto read = [&]() -> sdk::Result<remote::TtlCache<SharedBook>::Fresh> {
    auto ids = ask();
    if (!ids) return ids.error();
    auto book = std::make_shared<Book>();
    book->ids = *std::move(ids);
    book->read_at = host_.clock().Steady();
    return remote::TtlCache<SharedBook>::Fresh{.value = std::move(book), .life = kLife};
  };
  for (;;) {
    const auto book = books_.Find(call, account, read);
    if (!book) return book.error();
    const std::lock_guard lock((*book)->mutex);
    const auto found = (*book)->ids.find(hash);
    if (found != (*book)->ids.end()) return found->second;
    if (host_.clock().Steady() - (*book)->read_at < kReadAgain) return std::vector<std::string>{};
    books_.Forget(account);
  }
}

void TorrentIds::Note(const std::string& account, const std::string& hash, const std::string& id) {
  const auto book = books_.Peek(account);
  if (!book) return;
  const std::lock_guard lock((*book)->mutex);
  auto& ids = (*book)->ids[hash];
  ids.insert(ids.begin(), id);
}

void TorrentIds::Forget(const std::string& account, const std::string& hash, const std::string& id) {
  const auto book = books_.Peek(account);
  if (!book) return;
  const std::lock_guard lock((*book)->mutex);
  const auto found = (*book)->ids.find(hash);
  if (found == (*book)->ids.end()) return;
  std::erase(found->second, id);
  if (found->second.empty()) (*book)->ids.erase(found);
}

}  // namespace sluice::plugins::realdebrid
