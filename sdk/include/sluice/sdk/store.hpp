// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Store: a debrid service that holds content for its account and hands out links to it.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// How far a store is with an item. A value from a newer store reads as kUnknown.
enum class ItemState : std::uint32_t { kUnknown, kCached, kQueued, kDownloading, kReady, kFailed };

/// On whose account, and for whom.
struct StoreUser {
  std::string_view token;        ///< API key of the account. Secret. Empty: the principal was granted none.
  std::string_view client_ip{};  ///< The viewer's address, for stores that bind links to it; may be empty.
};

/// What a store says of the account that a token belongs to.
struct Account {
  std::string id{};      ///< The store's own name of it; never the token.
  bool premium = false;  ///< Whether the subscription is paid.
  Seconds expires_at{};  ///< End of the subscription. Zero: not said.
};

struct File {
  std::uint32_t index = 0;       ///< Zero-based, in the torrent's own order (BEP 3 `files`).
  std::string path{};            ///< Relative, "/" between parts.
  std::uint64_t size_bytes = 0;  ///< 0: the store does not say.
};

/// One piece of content as a store sees it.
struct Item {
  std::string id{};         ///< The store's own: any text, passed back as it is. Empty when the item is only known to
                            ///< be cached.
  std::string info_hash{};  ///< 40 lower-case hex digits.
  std::string name{};       ///< For people; may be empty.
  ItemState state = ItemState::kUnknown;
  std::uint64_t size_bytes = 0;  ///< 0: the store does not say.
  std::vector<File> files{};     ///< May be empty until the store knows them.
};

struct ItemSink {
  /// Takes one item. \returns false when the caller wants no more.
  virtual bool Put(const Item& item) = 0;

 protected:
  ~ItemSink() = default;
};

/// Implemented by plugins. One instance serves many accounts and viewers. Id: "sluice.store/1".
/// Every method may answer kUnauthenticated (bad token), kPermissionDenied (account may not), kRateLimited,
/// kUpstreamFailed, kDeadlineExceeded, kCancelled; what else it may answer is said beside it.
/// An `id` is the `Item::id` of an item that this account holds; any other text may come, and is kNotFound.
/// Threads: [worker] on every method. May block until `call.deadline()`; poll `call.cancelled()` in loops.
struct Store {
  virtual ~Store() = default;

  /// The account that `user.token` belongs to: whether the token is good, and what it is good for.
  /// \returns  kUnauthenticated for a bad token; otherwise as said above.
  virtual Result<Account> GetAccount(const Call& call, const StoreUser& user) = 0;

  /// Which of `hashes` the store can play now. Hashes it does not know may be left out.
  /// \param hashes  0 to 500 info hashes, 40 lower-case hex digits each, no duplicates.
  /// \param sink    each hash once at most, in any order. That it wants no more is no error: answer OK.
  virtual Status Check(const Call& call, const StoreUser& user, std::span<const std::string_view> hashes,
                       ItemSink& sink) = 0;

  /// Asks the store to hold what `magnet` names. Adding twice answers the same item. The host plays the item at once if
  /// its state is kCached or kReady; another one is kNotFound for the viewer.
  /// \param magnet  a magnet URI with an `xt=urn:btih:` (BEP 9): 40 hex digits or 32 base32 characters, in any case.
  /// \returns  the item, its `id` not empty; kInvalidArgument for a URI that is none.
  virtual Result<Item> Add(const Call& call, const StoreUser& user, std::string_view magnet) = 0;

  /// The item as it stands now: its state, and its files once they are known.
  /// \returns  kNotFound when this account has no item `id`.
  virtual Result<Item> Get(const Call& call, const StoreUser& user, std::string_view id) = 0;

  /// The account's items, newest first.
  /// \param offset  items to pass over, 0 or more; past the last one nothing is put, and that is no error.
  /// \param limit   how many to put at most, 1 to 500.
  virtual Status List(const Call& call, const StoreUser& user, std::uint32_t offset, std::uint32_t limit,
                      ItemSink& sink) = 0;

  /// Lets go of an item: Get answers kNotFound for its id from then on.
  /// \returns  kNotFound when this account has no item `id`; kPermissionDenied from a store that lets go of nothing.
  virtual Status Remove(const Call& call, const StoreUser& user, std::string_view id) = 0;

  /// A direct URL of one file, playable for at least the next minute. The token does not stand in it.
  /// \param file  `File::index`.
  /// \returns  kNotFound when the item or file is not there, or not ready.
  virtual Result<Source> Link(const Call& call, const StoreUser& user, std::string_view id, std::uint32_t file) = 0;
};

}  // namespace sluice::sdk
