// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SampleCipher: decrypts samples in place, as their octets come (ISO/IEC 23001-7 §9, §10).

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <sluice/sdk/result.hpp>
#include <span>
#include <vector>

#include "fragment.hpp"
#include "octets.hpp"

namespace sluice::plugins::cenc {

/// AES-128 by OpenSSL: in counter mode, or in cipher block chaining. Threads: one.
class Aes {
 public:
  enum class Mode : std::uint8_t { kCounter, kChain };

  Aes(Mode mode, const Block& key);

  const Block& key() const { return key_; }
  Mode mode() const { return mode_; }
  /// Begins with this vector. \returns false when OpenSSL refuses.
  bool Start(const Block& iv);
  /// Takes the next octets, which are decrypted to `to` by the next Flush at the latest. \param from  of kChain: whole
  /// blocks; what is at `to`, or apart from it.
  bool Run(Octets from, std::byte* to);
  /// The same for the front of each piece of `from`, and copies the rest of the piece: as patterns have it.
  /// \param front_bytes  1 to kShortBytes. \param piece_bytes  of which `from` has a whole number.
  bool RunFronts(Octets from, std::byte* to, std::size_t front_bytes, std::size_t piece_bytes);
  /// Afterwards all that was taken is decrypted.
  bool Flush();

  static constexpr std::size_t kShortBytes = 256;

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };

  struct Place {
    std::byte* to;
    std::size_t size;
  };

  bool RunCounted(Octets from, std::byte* to);
  bool RunPlain(Octets from, std::byte* to);

  static constexpr std::size_t kGatheredBytes = 4096;

  const Mode mode_;
  const Block key_;
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
  bool keyed_ = false;
  Block iv_{};
  std::uint64_t until_wrap_ = 0;  ///< Octets until the counter is all ones and begins again; 0: never.

  // Patterns have many short runs: gathered, they cost one call of OpenSSL.
  std::array<std::byte, kGatheredBytes> gathered_{};
  std::size_t gathered_bytes_ = 0;
  std::vector<Place> places_;  ///< Where they go.
};

/// Of one body. Threads: one at a time.
class SampleCipher {
 public:
  /// Before the first octet of a sample. All outlive the sample.
  sdk::Status Begin(const Sample& sample, const SampleKind& kind, std::span<const Subsample> subsamples,
                    const Block& key);
  /// Decrypts the next octets of the sample, at most as many as it has left. \param to  as much room; apart from
  /// `from`, or the same. \returns  how many from the front are done: fewer than a block may have to wait for the rest
  /// of theirs.
  sdk::Result<std::size_t> Run(Octets from, std::byte* to);

 private:
  sdk::Status NextRun();
  void NextPatternRun();
  sdk::Status NextSubsample();
  Aes& Find(Aes::Mode mode, const Block& key);
  std::size_t WholePatterns(std::size_t octets) const;
  bool patterned() const { return crypt_bytes_ != 0 && skip_bytes_ != 0; }

  std::vector<std::unique_ptr<Aes>> ciphers_;  ///< Made once per key.
  Aes* aes_ = nullptr;

  // Of the sample.
  Scheme scheme_ = Scheme::kCenc;
  Block iv_{};
  std::uint32_t crypt_bytes_ = 0, skip_bytes_ = 0;  ///< Of the pattern.
  std::span<const Subsample> subsamples_{};
  std::uint32_t rest_bytes_ = 0;  ///< Of the sample, behind the present subsample.

  // Of the subsample, and of the run of octets of one fate within it.
  std::uint32_t clear_bytes_ = 0, protected_bytes_ = 0;
  bool skips_next_ = false;
  bool run_is_clear_ = true;
  std::uint32_t run_bytes_ = 0;
};

}  // namespace sluice::plugins::cenc
