// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Parts of lists that a store hands out whole.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sluice/sdk/store.hpp>

namespace sluice::plugins::store {

/// Puts what `page` is of. \param to_item  makes an sdk::Item of one of `all`. \returns  how many there are.
template <typename Values, typename ToItem>
std::uint64_t PutPage(const Values& all, const sdk::StorePage& page, sdk::ItemSink& sink, ToItem to_item) {
  const auto begin = std::min<std::size_t>(page.offset, all.size());
  const auto end = begin + std::min<std::size_t>(page.limit, all.size() - begin);
  for (auto i = begin; i < end; ++i) {
    if (!sink.Put(to_item(all[i]))) break;
  }
  return all.size();
}

}  // namespace sluice::plugins::store
