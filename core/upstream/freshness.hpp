// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a shared cache may keep, and for how long (RFC 9111 §3 and §4.2).

#include <chrono>
#include <optional>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::upstream {

/// The directives that matter here, of all Cache-Control fields. A number that cannot be read counts as 0; of several
/// the smallest. A directive with field names (private="x") counts as one without.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;
  bool is_private = false;
  bool is_public = false;
  bool must_revalidate = false;
  std::optional<std::chrono::seconds> max_age = {};
  std::optional<std::chrono::seconds> s_maxage = {};

  static CacheControl Of(std::span<const sdk::Header> fields);
};

/// How old a response was when it came, and how long it is fresh from then on.
struct Freshness {
  std::chrono::seconds age{};
  std::chrono::seconds left{};
};

/// Nothing is guessed: without max-age, s-maxage or Expires nothing is kept, nor what would have to be revalidated.
/// \param now    when the response came. \param taken  from request to response.
/// \returns  nothing for what must not be kept, or is stale already.
std::optional<Freshness> FreshnessOf(std::span<const sdk::Header> request, int status,
                                     std::span<const sdk::Header> response, sdk::Seconds now,
                                     std::chrono::seconds taken);

/// What the Age field says; 0: nothing.
std::chrono::seconds AgeOf(std::span<const sdk::Header> response);

/// The names in Vary, in lower case. \returns nothing for "*".
std::optional<std::vector<std::string>> VaryOf(std::span<const sdk::Header> response);

/// All values of that field in order, one text: equal for requests that are equal in that field.
std::string FieldText(std::span<const sdk::Header> fields, std::string_view name);

}  // namespace sluice::upstream
