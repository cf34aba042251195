// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Members of JSON objects that somebody else has made.

#include <string>

namespace sluice::plugins::remote {

/// The member of that name if it is text. \param object  a nlohmann object, ordered or not.
/// \returns  null: it is not there, or something else.
template <typename Json>
const std::string* TextMember(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->template get_ptr<const std::string*>();
}

}  // namespace sluice::plugins::remote
