// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fetching: what happens between one request and its answer: redirects, retries, other origins.

#include <optional>
#include <string>

#include "core/upstream/aim.hpp"
#include "core/upstream/attempt.hpp"
#include "core/upstream/cookies.hpp"
#include "core/upstream/referers.hpp"

namespace sluice::upstream {

/// A request under way, made by Client::Begin. Follows redirects; each hop has its own tries. Threads: one at a time.
class Fetching {
 public:
  Fetching(const Tools& tools, const sdk::Call& call, const Request& request, const Profile& profile);
  Fetching(const Fetching&) = delete;
  Fetching& operator=(const Fetching&) = delete;

  /// Goes on to the answer, but does not wait for an origin to begin it. It does block while connecting, sending and
  /// pausing before a retry.
  /// \param wait  how waiting for what was awaited() ended; kReady at first.
  /// \returns     as Client::Fetch; nothing: wait for what is awaited(), and call it again.
  std::optional<sdk::Result<Response>> Advance(Wait wait = Wait::kReady);
  /// \pre  the last Advance returned nothing.
  Awaited awaited() const { return attempt_->awaited(); }

 private:
  std::optional<sdk::Result<Response>> AdvanceOrThrow(Wait wait);
  void StartHop();
  /// How the hop leaves.
  const Profile& Leaving() const;
  /// \returns  nothing: there is another try.
  std::optional<sdk::Result<Response>> AfterTry(Tried<Response> tried);
  /// How long to wait before the next try; nothing: there is none.
  std::optional<Clock::duration> DelayAfter(const Tried<Response>& tried) const;
  /// Sends this hop what earlier ones have set for it.
  void AddCookies();
  /// They were for this hop alone.
  void DropAddedCookies();
  void SetCookie(std::string value);
  /// Whether a server that refused is to be asked again, and with what Referer.
  bool AddReferer(const Response& response);
  /// \returns  nothing: there is another hop.
  std::optional<sdk::Result<Response>> AfterHop(sdk::Result<Response> response);

  const Tools& tools_;
  const sdk::Call& call_;
  const Request& request_;
  const Profile& profile_;
  const Clock::time_point started_ = Clock::now();
  std::string home_;  ///< Host that the profile's TLS options speak of.
  std::optional<Hop> hop_;
  std::uint32_t followed_ = 0;              ///< Redirects.
  Cookies cookies_;                         ///< That these have set.
  std::optional<std::string> own_cookies_;  ///< The hop's Cookie field without them; nothing: none were added.
  Referers referers_;
  bool referred_ = false;  ///< The hop's Referer is of these.
  // Of the hop.
  Origin asked_;
  std::optional<Aim> aim_;
  std::uint32_t tries_ = 0;
  std::optional<Attempt> attempt_;
};

}  // namespace sluice::upstream
