// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Magnet: a torrent of an account, read from what AllDebrid says of it.

#include <optional>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "store/common/json.hpp"

namespace sluice::plugins::alldebrid {

struct Magnet {
  sdk::Item item;                  ///< Its files have their place in the list as index and id.
  std::vector<std::string> links;  ///< Of each file, to be unlocked; may be empty.
  bool has_files = false;          ///< Whether the store said which they are.

  bool ready() const { return item.state == sdk::ItemState::kReady; }
};

/// \returns  nothing: `entry` names no id or info hash.
std::optional<Magnet> ReadMagnet(const store::Json& entry);

/// Fills in the files of a tree: folders are gone through depth first, and files counted through all of them.
void ReadFiles(const store::Json& tree, Magnet& magnet);

/// The magnets of an answer, which are a list; or of one of them itself; or under keys of an object.
std::vector<const store::Json*> MagnetsIn(const store::Json& data);

}  // namespace sluice::plugins::alldebrid
