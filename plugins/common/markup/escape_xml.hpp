// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Text as XML and HTML write it.

#include <string>
#include <string_view>

namespace sluice::plugins::markup {

/// For element text and for attribute values in either kind of quotes.
std::string EscapeXml(std::string_view text);

}  // namespace sluice::plugins::markup
