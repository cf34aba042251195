// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// `${NAME}`, `${NAME:-default}`, `${file:/path}` and `$$` in the text of a value.

#include <string>
#include <string_view>
#include <vector>

#include "core/config/load.hpp"

namespace sluice::config {

struct Interpolated {
  std::string text;
  bool secret = false;              ///< A file or a variable whose name ends like a secret's took part.
  std::vector<std::string> errors;  ///< Name the variable or file, never a value. `text` is then of no use.
};

/// A default is looked at only when it is needed; it may hold `${…}` again, 16 deep.
Interpolated Interpolate(std::string_view text, const Environment& environment);

/// `text` such that Interpolate gives it back.
std::string EscapeDollars(std::string_view text);

/// A variable whose name ends in KEY, TOKEN, PASSWORD or SECRET, in any case.
bool NamesSecret(std::string_view variable);

/// A whole file of at most `max_bytes`. \param error  why not, without the path; left alone on success.
/// \param regular_only  refuse pipes and devices, without waiting for them.
std::string ReadFile(const std::string& path, std::size_t max_bytes, bool regular_only, std::string& error);

}  // namespace sluice::config
