// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a viewer presents: the id that the pool knows them by, and perhaps a name for the device.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::chillstreams {

struct PoolCredential {
  std::string user_id;    ///< A UUID in lower case, as it goes over the wire.
  std::string client_id;  ///< Empty: none was given.
};

/// \param with_client_id  whether ":" and 1 to 64 of [A-Za-z0-9._-] may follow the user id.
/// \returns  nothing for what looks different.
std::optional<PoolCredential> ParseCredential(std::string_view secret, bool with_client_id);

}  // namespace sluice::plugins::chillstreams
