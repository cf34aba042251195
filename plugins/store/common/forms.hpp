// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Queries and bodies of requests.

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::plugins::store {

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// "name=value&…", names and values escaped: a query, and a body of type application/x-www-form-urlencoded. Fields
/// without a value are left out, so that "not said" needs no branch; say "0" for zero.
std::string EncodeForm(Fields fields);

/// A body, and what its Content-Type says.
struct Body {
  std::string octets;
  std::string type;
};

Body FormBody(Fields fields);

/// One file, and fields as in EncodeForm. Source: RFC 7578.
/// \param name  of the file's part: "file". \param file_name  ASCII without quotes. \param boundary  1 to 70 letters
/// and digits that the file does not hold: random ones.
Body MultipartBody(std::string_view boundary, std::string_view name, std::string_view file_name,
                   std::span<const std::byte> file, Fields fields);

}  // namespace sluice::plugins::store
