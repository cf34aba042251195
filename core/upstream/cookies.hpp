// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Cookies: what the redirects of one request set for the hops that follow (RFC 6265). Content networks hand out tokens
/// in this way.

#include <cstddef>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/upstream/target.hpp"

namespace sluice::upstream {

/// Lives as long as one request, so that Expires is not looked at, apart from cookies that are set to be deleted.
/// Threads: one at a time.
class Cookies {
 public:
  static constexpr std::size_t kMaxCookies = 32;
  static constexpr std::size_t kMaxCookieBytes = 4096;  ///< Name and value.

  /// Takes the Set-Cookie fields of a response from `from`. Left out: what `from` may not set (another Domain; Secure
  /// by http), what is too long or holds what no Cookie field may hold, and what comes after kMaxCookies.
  void Take(const Target& from, std::span<const sdk::Header> response);

  /// The value of a Cookie field for `to`: the pairs of `present` that are not set anew, then those of the jar.
  /// \param present  the Cookie field that would be sent otherwise; may be empty. \returns  empty: send none.
  std::string For(const Target& to, std::string_view present) const;

  bool empty() const { return jar_.empty(); }

 private:
  struct Cookie {
    std::string name;
    std::string value;
    std::string domain;  ///< Lower case.
    bool host_only = true;
    std::string path;
    bool secure = false;
  };

  static bool Parse(const Target& from, std::string_view text, Cookie& cookie, bool& deleted);
  static bool Fits(const Cookie& cookie, const Target& to);

  std::vector<Cookie> jar_;
};

}  // namespace sluice::upstream
