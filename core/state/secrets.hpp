// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Secrets: cryptography with the server's key. Keys for each purpose are derived from it (HKDF-SHA256, RFC 5869).

#include <cstddef>
#include <memory>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::state {

/// Threads: [any].
class Secrets {
 public:
  /// \param key  32 octets.
  static sdk::Result<std::unique_ptr<Secrets>> FromKey(std::string_view key);
  /// \param text  64 hex digits, or 32 octets in base64 or base64url. \returns kInvalidArgument otherwise.
  static sdk::Result<std::unique_ptr<Secrets>> FromText(std::string_view text);
  /// Seals with `present`, and opens what it or one of `previous` has sealed.
  static std::unique_ptr<Secrets> WithPrevious(std::unique_ptr<Secrets> present,
                                               std::vector<std::unique_ptr<Secrets>> previous);
  /// Reads the key that KeepKey kept in `path`. \returns kNotFound when there is no such file.
  static sdk::Result<std::unique_ptr<Secrets>> FromFile(const std::string& path);

  virtual ~Secrets() = default;

  /// AES-256-GCM with a random nonce. \param purpose  separates keys: "kv:chillstreams". \param context  bound to the
  /// result.
  virtual sdk::Result<std::string> Seal(std::string_view purpose, std::string_view plaintext,
                                        std::string_view context) const = 0;
  /// \returns  kInvalidArgument when `sealed` is not what Seal made with the same purpose and context.
  virtual sdk::Result<std::string> Open(std::string_view purpose, std::string_view sealed,
                                        std::string_view context) const = 0;
  /// AES-256-SIV (RFC 5297): the same plaintext gives the same result, so that links stay the same across reloads.
  virtual sdk::Result<std::string> SealDeterministic(std::string_view purpose, std::string_view plaintext) const = 0;
  virtual sdk::Result<std::string> OpenDeterministic(std::string_view purpose, std::string_view sealed) const = 0;
  /// Name of the key that Seal uses, 16 lower-case hex digits.
  virtual std::string KeyId() const = 0;
  /// HMAC-SHA256 as 32 lower-case hex digits: names a secret without showing it.
  virtual std::string Fingerprint(std::string_view purpose, std::string_view secret) const = 0;
};

/// Keeps the key of FromKey in a file of mode 0600, with the folders above it that are missing.
/// \returns  kInvalidArgument when there is a file already, or it cannot be made.
sdk::Status KeepKey(const std::string& path, std::string_view key);
/// Whether KeepKey would find a folder that it may write to. \returns kInvalidArgument otherwise. Leaves no trace.
sdk::Status CheckKeepKey(const std::string& path);

/// Equality in time that depends on neither's content (their lengths may show).
bool ConstantTimeEqual(std::string_view a, std::string_view b) noexcept;
/// Cryptographically random octets.
std::string RandomBytes(std::size_t size);

}  // namespace sluice::state
