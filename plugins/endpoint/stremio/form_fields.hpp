// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The fields of the form by which the addon is configured, before anything is known of what they mean.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::stremio {

/// The decimal number that `text` is, in the one way to write it.
std::optional<std::size_t> NumberOf(std::string_view text);

class FormFields {
 public:
  /// \param body  application/x-www-form-urlencoded (WHATWG URL §5.1), of names that the form has, each once.
  /// \returns  kInvalidArgument that names the field and quotes no value. Threads: [any].
  static sdk::Result<FormFields> Read(std::string_view body);

  /// UTF-8; empty: there is none.
  std::string_view Text(std::string_view name) const;
  /// \returns  whether a box is ticked; kInvalidArgument for another value than "on".
  sdk::Result<bool> Ticked(std::string_view name) const;
  /// \returns  the value of "stores_length"; kInvalidArgument for one over `max`, and for rows beyond it.
  sdk::Result<std::size_t> Rows(std::string_view list, std::size_t max) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace sluice::plugins::stremio
