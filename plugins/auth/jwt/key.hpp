// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Keys that judge signatures (RFC 7518 §3), by OpenSSL.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::plugins::jwt {

enum class Algorithm : std::uint8_t { kHs256, kRs256, kEs256 };

/// \returns  nothing for any other name; letter case counts (RFC 7515 §4.1.1).
std::optional<Algorithm> AlgorithmOf(std::string_view name);
std::string_view NameOf(Algorithm algorithm);

/// Judges signatures of one algorithm. Immutable. Threads: [any].
class Key {
 public:
  virtual ~Key() = default;
  /// \param signature  octets. \returns  false also for one of a wrong form.
  virtual bool Verifies(std::string_view text, std::string_view signature) const = 0;
};
using KeyPtr = std::shared_ptr<const Key>;

inline constexpr std::size_t kMinSecretBytes = 32;

/// Of HS256. \returns  null for a secret of less than `kMinSecretBytes`.
KeyPtr MakeHmacKey(std::string secret);

/// What RS256 and ES256 want of a key; for messages.
std::string_view WantedOf(Algorithm algorithm);

/// Of RS256. \param modulus, exponent  big-endian.
/// \returns  null unless it is an RSA key of 2048 to 8192 bits.
KeyPtr MakeRsaKey(std::string_view modulus, std::string_view exponent);

/// Of ES256. \param x, y  32 octets each, big-endian. \returns  null unless they are a point of the curve P-256.
KeyPtr MakeEcKey(std::string_view x, std::string_view y);

/// \param pem  one block "PUBLIC KEY".
/// \returns  null unless it is a key as `algorithm` (RS256 or ES256) wants it.
KeyPtr ReadPublicKey(Algorithm algorithm, std::string_view pem);

}  // namespace sluice::plugins::jwt
