// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// JSON that has one meaning: of a member that stands twice, others may believe the one that we do not.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "common/remote/json.hpp"

namespace sluice::plugins::jwt {

using Json = nlohmann::json;

/// What is wanted of JSON here; for messages.
inline constexpr std::string_view kJsonForm = "want a JSON object of at most 16 levels that names no member twice";

/// A JSON object, or why it is none.
struct ReadObject {
  enum class Fault : std::uint8_t {
    kNone,
    kNoObject,   ///< Another value, or no JSON.
    kAmbiguous,  ///< A member twice in one object, or too many levels.
  };
  Json object;  ///< null unless `fault` is kNone.
  Fault fault = Fault::kNone;
};
ReadObject ReadStrictObject(std::string_view text);

using remote::TextMember;

}  // namespace sluice::plugins::jwt
