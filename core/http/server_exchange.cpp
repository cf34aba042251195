// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/http/head_scanner.hpp"
#include "core/http/server.hpp"

namespace sluice::http {

const std::string* ServerExchange::FindField(std::string_view name) const {
  const auto found = std::find_if(fields().begin(), fields().end(),
                                  [&](const sdk::Header& field) { return EqualNoCase(field.name, name); });
  return found == fields().end() ? nullptr : &found->value;
}

}  // namespace sluice::http
