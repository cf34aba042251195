// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Result, Status and Error: how every function of the SDK says that something went wrong.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sluice::sdk {

/// What a caller can do about a failure. Values equal `sluice_status` in <sluice/abi/base.h>.
enum class Errc : std::uint32_t {
  kInvalidArgument = 1,  ///< The request or configuration is wrong; repeating it cannot help.
  kNotFound = 2,
  kUnauthenticated = 3,   ///< Who is asking is not known.
  kPermissionDenied = 4,  ///< Known, and not allowed.
  kRateLimited = 5,       ///< `Error::retry_after` says when, if the refuser said so.
  kUpstreamFailed = 6,    ///< A server behind the gateway did not answer, or answered nonsense.
  kDeadlineExceeded = 7,
  kCancelled = 8,  ///< The viewer is gone.
  kUnsupported = 9,
  kInternal = 10,  ///< A fault of the side that answers.
};

/// Why, where the code leaves open what a viewer should be told. A reason adds to a code, and never stands for one: who
/// does not know it acts on the code. Values equal `sluice_reason` in <sluice/abi/base.h>.
enum class Reason : std::uint32_t {
  kNone = 0,
  kPaymentRequired = 1,  ///< The account's plan does not include it.
  kLimitExceeded = 2,    ///< The account's traffic, transfers or space are used up.
  kLegal = 3,            ///< Taken down for legal reasons (HTTP 451).
  kConflict = 4,         ///< It is there already, or being worked on.
  kUnprocessable = 5,    ///< Understood, and cannot be done: too large, broken content.
  kInvalidMagnet = 6,
  kGone = 7,
  kUnavailable = 8,  ///< For the time being: maintenance, no server free.
  kServerDown = 9,   ///< The upstream is off.
  kLocked = 10,
};

/// Why something failed, for whoever asked for it. At most 239 bytes of the message cross the plugin boundary.
struct Error {
  Errc code = Errc::kInternal;
  std::string message{};                    ///< Names the field or peer and the value wanted; never a secret.
  std::chrono::milliseconds retry_after{};  ///< 0: not known.
  std::uint32_t upstream_status = 0;        ///< HTTP status of the upstream that caused this; 0: none.
  Reason reason = Reason::kNone;
};

/// A value or an Error. `value()`, `*` and `->` on an error are undefined: test first.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const noexcept { return !error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

inline Status Ok() { return {}; }

}  // namespace sluice::sdk
