// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Harvest: makes releases of one search's items. What needs no further request is found at once.

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "indexer/common/findings.hpp"
#include "indexer/common/item.hpp"
#include "indexer/common/question.hpp"
#include "indexer/common/resolver.hpp"

namespace sluice::plugins::indexer {

/// Where items come from.
struct Origin {
  std::string url;          ///< What their links are relative to.
  std::string name;         ///< For items that name no index. Not empty.
  std::string only_host{};  ///< Links lead there alone; empty: anywhere.
  std::string secret{};     ///< The key that was asked with: a release that quotes it is left out.
  bool is_private = false;  ///< All of its torrents are.
  bool is_exact = false;    ///< Found by id and numbers.
};

/// Threads: [any].
class Harvest {
 public:
  /// \param resolver, question, findings  outlive it.
  Harvest(Resolver& resolver, const sdk::Host& host, const Question& question, Findings& findings)
      : resolver_(resolver), host_(host), question_(question), findings_(findings) {}

  /// Adds what they come to, and returns when their links were followed: those of public releases which say no hash,
  /// 20 at a time, and 100 in all. What leads to nothing is left out; what could not be followed keeps its URL.
  void Take(const sdk::Call& call, std::vector<Item> items, const Origin& origin);

 private:
  /// A release, and what has to be fetched for its hash.
  struct Pending {
    sdk::Release release;
    std::vector<std::string> urls;
    std::shared_ptr<const Origin> origin;
  };

  bool IsWanted(const Item& item) const;
  void TakeItem(Item& item, const std::shared_ptr<const Origin>& origin);
  void Follow(const sdk::Call& call);
  void FollowOne(const sdk::Call& call, Pending& pending);
  void Add(sdk::Release release, const Origin& origin);

  Resolver& resolver_;
  const sdk::Host& host_;
  const Question& question_;
  Findings& findings_;

  std::mutex mutex_;
  std::deque<Pending> pending_;
  std::size_t followers_ = 0;  ///< At work on `pending_`.
  std::size_t followed_ = 0;
};

}  // namespace sluice::plugins::indexer
