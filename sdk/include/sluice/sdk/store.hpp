// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Store: a debrid service that holds content for its account and hands out links to it.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk {

/// What an item is made of, and so what its hash is.
enum class Content : std::uint32_t {
  kTorrent,  ///< Info hash (BEP 3), 40 lower-case hex digits.
  kUsenet,   ///< MD5 of the link to the NZB, 32 lower-case hex digits.
  kWeb,      ///< MD5 of the link to a file hoster, 32 lower-case hex digits.
};

/// How far a store is with an item. A value from a newer store reads as kUnknown.
enum class ItemState : std::uint32_t {
  kUnknown,
  kCached,  ///< The store could play it at once; answered by Check only, and by Add where nothing is transferred.
  kQueued,
  kDownloading,
  kReady,  ///< Its files have links.
  kFailed,
  kProcessing,  ///< The store has the content, and works on it.
  kUploading,
  kInvalid,  ///< What was asked for is no content.
};

/// What a subscription is worth.
enum class Plan : std::uint32_t { kExpired, kTrial, kPremium };

/// On whose account, and for whom.
struct StoreUser {
  std::string_view token;        ///< API key of the account. Secret. Empty: the principal was granted none.
  std::string_view client_ip{};  ///< The viewer's address, for stores that bind links to it; may be empty.
};

/// What can be expected of a store; constant for an instance.
struct StoreTraits {
  bool torrents = true, usenet = false, web = false;  ///< The contents it takes.
  bool checks = true;          ///< Check asks the store. If not, Check puts nothing, and only what was seen is known.
  bool downloads = true;       ///< Fetches what it does not hold. If not, it plays what is cached only.
  bool torrent_files = false;  ///< Add takes .torrent files.
  bool private_torrents = false;  ///< Torrents of private trackers may be added.
  bool torrent_order = false;     ///< File::index is the position in the torrent; else the one in the store's list.
  bool lists = true;              ///< The account has a list of its items. If not, List puts nothing.
  bool removes = true;            ///< Items can be let go of. If not, Remove is kUnsupported.
  bool trusted = true;            ///< What it says of content may be kept, and shown to other viewers.

  bool Takes(Content content) const {
    return content == Content::kTorrent ? torrents : content == Content::kUsenet ? usenet : web;
  }
};

/// What a store says of the account that a token belongs to.
struct Account {
  std::string id{};  ///< The store's own name of it; never the token.
  Plan plan = Plan::kExpired;
  Seconds expires_at{};  ///< End of the subscription. Zero: not said.
  std::string email{};   ///< May be empty.
};

struct File {
  std::uint32_t index = 0;       ///< Zero-based; see StoreTraits::torrent_order.
  std::string path{};            ///< Relative, "/" between parts, without the torrent's root folder.
  std::uint64_t size_bytes = 0;  ///< 0: the store does not say.
  std::string id{};              ///< What Link takes: any text. Empty: no link can be had (of what Check puts).
  std::string video_hash{};      ///< OpenSubtitles hash, 16 hex digits; may be empty.
};

/// One piece of content as a store sees it.
struct Item {
  std::string id{};    ///< The store's own: any text, passed back as it is. Empty when the item is only known to be
                       ///< cached. Items of different content have different ids.
  std::string hash{};  ///< In the form of its content. Empty: the store does not say (usenet and web only).
  std::string name{};  ///< For people; may be empty.
  ItemState state = ItemState::kUnknown;
  std::uint64_t size_bytes = 0;  ///< 0: the store does not say.
  std::vector<File> files{};     ///< May be empty until the store knows them.
  Content content = Content::kTorrent;
  bool is_private = false;  ///< Of a private tracker.
  Seconds added_at{};       ///< Zero: not said.
};

/// What a store is asked to hold: `uri` or `file`, not both.
struct StoreOrder {
  Content content = Content::kTorrent;
  std::string_view uri{};  ///< Torrent: a magnet URI with an `xt=urn:btih:` (BEP 9), 40 hex digits or 32 base32
                           ///< characters in any case. Usenet: URL of an NZB. Web: URL at a file hoster.
  std::span<const std::byte> file{};  ///< A .torrent file (BEP 3), or an NZB.
  std::string_view name{};            ///< For people; may be empty.
};

/// Which part of a list.
struct StorePage {
  Content content = Content::kTorrent;
  std::uint32_t offset = 0;   ///< Items to pass over; past the last one nothing is put, and that is no error.
  std::uint32_t limit = 100;  ///< How many to put at most, 1 to 500.
};

struct ItemSink {
  /// Takes one item. \returns false when the caller wants no more.
  virtual bool Put(const Item& item) = 0;

 protected:
  ~ItemSink() = default;
};

/// Implemented by plugins. One instance serves many accounts and viewers. Id: "sluice.store/1".
/// Every method with a call may answer kUnauthenticated (bad token), kPermissionDenied (account may not), kRateLimited,
/// kUpstreamFailed, kDeadlineExceeded, kCancelled, and kUnsupported for a content that the traits do not name; what
/// else it may answer is said beside it. `Error::reason` says more, so that a viewer can be told. An `id` is the
/// `Item::id` of an item that this account holds; any other text may come, and is kNotFound. Threads: [worker] on every
/// method. May block until `call.deadline()`; poll `call.cancelled()` in loops.
struct Store {
  virtual ~Store() = default;

  virtual StoreTraits Traits() const noexcept { return {}; }

  /// The account that `user.token` belongs to: whether the token is good, and what it is good for.
  /// \returns  kUnauthenticated for a bad token; otherwise as said above.
  virtual Result<Account> GetAccount(const Call& call, const StoreUser& user) = 0;

  /// Which of `hashes` the store can play now. Hashes it does not know may be left out.
  /// \param hashes  0 to 500 hashes in the form of their content, no duplicates.
  /// \param sink    each hash once at most, in any order. That it wants no more is no error: answer OK.
  virtual Status Check(const Call& call, const StoreUser& user, Content content,
                       std::span<const std::string_view> hashes, ItemSink& sink) = 0;

  /// Asks the store to hold what `order` names. Adding twice answers the same item. The host plays the item at once if
  /// its state is kCached or kReady.
  /// \returns  the item, its `id` not empty; kInvalidArgument (with kInvalidMagnet for a magnet URI that is none) for
  ///           what is not of that content.
  virtual Result<Item> Add(const Call& call, const StoreUser& user, const StoreOrder& order) = 0;

  /// The item as it stands now: its state, and its files once they are known.
  /// \returns  kNotFound when this account has no item `id`.
  virtual Result<Item> Get(const Call& call, const StoreUser& user, std::string_view id) = 0;

  /// The account's items of one content, newest first; their files may be left out.
  /// \returns  how many the account has, as far as the store says; at least what was passed over and put.
  virtual Result<std::uint64_t> List(const Call& call, const StoreUser& user, const StorePage& page,
                                     ItemSink& sink) = 0;

  /// Lets go of an item: Get answers kNotFound for its id from then on.
  /// \returns  kNotFound when this account has no item `id`; kUnsupported from a store that lets go of nothing.
  virtual Status Remove(const Call& call, const StoreUser& user, std::string_view id) = 0;

  /// A direct URL of one file, playable for at least the next minute. The token does not stand in it.
  /// \param file  `File::id`; any other text may come.
  /// \returns  kNotFound when the item or file is not there, or not ready.
  virtual Result<Source> Link(const Call& call, const StoreUser& user, std::string_view id, std::string_view file) = 0;
};

}  // namespace sluice::sdk
