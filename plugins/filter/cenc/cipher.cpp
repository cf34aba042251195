// SPDX-License-Identifier: MIT
#include "cipher.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace sluice::plugins::cenc {
namespace {

constexpr std::size_t kMaxCiphers = 64;

unsigned char* Bytes(std::byte* octets) { return reinterpret_cast<unsigned char*>(octets); }
const unsigned char* Bytes(Octets octets) { return reinterpret_cast<const unsigned char*>(octets.data()); }

void Copy(Octets from, std::byte* to) {
  if (from.data() != to) std::memcpy(to, from.data(), from.size());
}

bool IsChained(Scheme scheme) { return scheme == Scheme::kCbc1 || scheme == Scheme::kCbcs; }

sdk::Error Refused() { return {.code = sdk::Errc::kInternal, .message = "media: OpenSSL refuses to decrypt"}; }

/// How many octets a counter goes before its lower half is full; 0: more than can be counted.
std::uint64_t UntilWrap(const Block& iv) {
  const auto blocks_left = 0U - ReadNumber(Octets(iv).subspan(8, 8));
  return blocks_left > std::numeric_limits<std::uint64_t>::max() / kBlockBytes ? 0 : blocks_left * kBlockBytes;
}

}  // namespace

Aes::Aes(Mode mode, const Block& key) : mode_(mode), key_(key), context_(EVP_CIPHER_CTX_new()) {}

bool Aes::Start(const Block& iv) {
  iv_ = iv;
  until_wrap_ = mode_ == Mode::kCounter ? UntilWrap(iv) : 0;
  if (keyed_) return EVP_DecryptInit_ex(context_.get(), nullptr, nullptr, nullptr, Bytes(iv)) == 1;
  const auto* const type = mode_ == Mode::kCounter ? EVP_aes_128_ctr() : EVP_aes_128_cbc();
  keyed_ = context_ != nullptr && EVP_DecryptInit_ex(context_.get(), type, nullptr, Bytes(key_), Bytes(iv)) == 1 &&
           EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
  return keyed_;
}

bool Aes::Run(Octets from, std::byte* to) {
  if (from.size() > kShortBytes) return Flush() && RunCounted(from, to);
  if (gathered_bytes_ + from.size() > gathered_.size() && !Flush()) return false;
  std::memcpy(gathered_.data() + gathered_bytes_, from.data(), from.size());
  gathered_bytes_ += from.size();
  places_.push_back({to, from.size()});
  return true;
}

bool Aes::RunFronts(Octets from, std::byte* to, std::size_t front_bytes, std::size_t piece_bytes) {
  if (!Flush()) return false;
  const auto most = gathered_.size() / front_bytes;
  while (!from.empty()) {
    const auto part = from.first(std::min(from.size(), most * piece_bytes));
    auto* gathered = gathered_.data();
    for (std::size_t at = 0; at < part.size(); at += piece_bytes, gathered += front_bytes) {
      std::memcpy(gathered, part.data() + at, front_bytes);
    }
    Copy(part, to);
    const MutableOctets fronts(gathered_.data(), gathered);
    if (!RunCounted(fronts, fronts.data())) return false;
    gathered = gathered_.data();
    for (std::size_t at = 0; at < part.size(); at += piece_bytes, gathered += front_bytes) {
      std::memcpy(to + at, gathered, front_bytes);
    }
    from = from.subspan(part.size());
    to += part.size();
  }
  return true;
}

bool Aes::Flush() {
  if (gathered_bytes_ == 0) return true;
  const auto done = RunCounted(Octets(gathered_).first(gathered_bytes_), gathered_.data());
  const auto* from = gathered_.data();
  for (const auto& place : places_) {
    std::memcpy(place.to, from, place.size);
    from += place.size;
  }
  places_.clear();
  gathered_bytes_ = 0;
  return done;
}

bool Aes::RunCounted(Octets from, std::byte* to) {
  // The counter is the lower half of its block and does not carry into the upper one, as OpenSSL's does.
  while (until_wrap_ != 0 && from.size() >= until_wrap_) {
    const auto first = from.first(static_cast<std::size_t>(until_wrap_));
    if (!RunPlain(first, to)) return false;
    from = from.subspan(first.size());
    to += first.size();
    std::fill(iv_.begin() + 8, iv_.end(), std::byte{0});
    if (!Start(iv_)) return false;
  }
  if (until_wrap_ != 0) until_wrap_ -= from.size();
  return RunPlain(from, to);
}

bool Aes::RunPlain(Octets from, std::byte* to) {
  constexpr std::size_t kMost = std::size_t{1} << 30U;  // OpenSSL counts in int
  while (!from.empty()) {
    const auto part = from.first(std::min(from.size(), kMost));
    int size = 0;
    if (EVP_DecryptUpdate(context_.get(), Bytes(to), &size, Bytes(part), static_cast<int>(part.size())) != 1) {
      return false;
    }
    from = from.subspan(part.size());
    to += part.size();
  }
  return true;
}

Aes& SampleCipher::Find(Aes::Mode mode, const Block& key) {
  for (const auto& cipher : ciphers_) {
    if (cipher->mode() == mode && cipher->key() == key) return *cipher;
  }
  if (ciphers_.size() == kMaxCiphers) ciphers_.clear();
  return *ciphers_.emplace_back(std::make_unique<Aes>(mode, key));
}

sdk::Status SampleCipher::Begin(const Sample& sample, const SampleKind& kind, std::span<const Subsample> subsamples,
                                const Block& key) {
  scheme_ = kind.scheme;
  iv_ = sample.iv;
  const bool has_pattern = scheme_ == Scheme::kCens || scheme_ == Scheme::kCbcs;
  crypt_bytes_ = has_pattern ? kind.protection.crypt_blocks * std::uint32_t{kBlockBytes} : 0;
  skip_bytes_ = has_pattern ? kind.protection.skip_blocks * std::uint32_t{kBlockBytes} : 0;
  subsamples_ = subsamples;
  clear_bytes_ = 0;
  protected_bytes_ = subsamples.empty() ? sample.size_bytes : 0;
  rest_bytes_ = sample.size_bytes - protected_bytes_;
  skips_next_ = false;
  run_bytes_ = 0;
  aes_ = &Find(IsChained(scheme_) ? Aes::Mode::kChain : Aes::Mode::kCounter, key);
  return aes_->Start(iv_) ? sdk::Ok() : Refused();
}

sdk::Status SampleCipher::NextSubsample() {
  if (subsamples_.empty()) {  // what no subsample covers is clear
    clear_bytes_ = rest_bytes_;
    rest_bytes_ = 0;
    return sdk::Ok();
  }
  clear_bytes_ = subsamples_.front().clear_bytes;
  protected_bytes_ = subsamples_.front().protected_bytes;
  rest_bytes_ -= clear_bytes_ + protected_bytes_;
  subsamples_ = subsamples_.subspan(1);
  skips_next_ = false;
  // In cbcs each subsample begins anew; elsewhere counter and chain go on over them.
  if (scheme_ != Scheme::kCbcs) return sdk::Ok();
  return aes_->Flush() && aes_->Start(iv_) ? sdk::Ok() : Refused();
}

/// A run that the subsample cuts short stays clear.
void SampleCipher::NextPatternRun() {
  if (skips_next_ || protected_bytes_ < crypt_bytes_) {
    run_bytes_ = skips_next_ ? std::min(skip_bytes_, protected_bytes_) : protected_bytes_;
    skips_next_ = false;
  } else {
    run_bytes_ = crypt_bytes_;
    run_is_clear_ = false;
    skips_next_ = true;
  }
  protected_bytes_ -= run_bytes_;
}

sdk::Status SampleCipher::NextRun() {
  run_is_clear_ = true;
  while (clear_bytes_ == 0 && protected_bytes_ == 0) {
    if (auto next = NextSubsample(); !next) return next;
  }
  if (clear_bytes_ != 0) {
    run_bytes_ = clear_bytes_;
    clear_bytes_ = 0;
    return sdk::Ok();
  }
  if (patterned()) {
    NextPatternRun();
    return sdk::Ok();
  }
  run_bytes_ = protected_bytes_;
  if (IsChained(scheme_) && protected_bytes_ >= kBlockBytes)
    run_bytes_ -= static_cast<std::uint32_t>(protected_bytes_ % kBlockBytes);
  run_is_clear_ = IsChained(scheme_) && protected_bytes_ < kBlockBytes;
  protected_bytes_ -= run_bytes_;
  return sdk::Ok();
}

/// Octets of whole repeats of the pattern that come next.
std::size_t SampleCipher::WholePatterns(std::size_t octets) const {
  if (!patterned() || crypt_bytes_ > Aes::kShortBytes || clear_bytes_ != 0 || skips_next_) return 0;
  octets = std::min<std::size_t>(octets, protected_bytes_);
  return octets - octets % (crypt_bytes_ + skip_bytes_);
}

sdk::Result<std::size_t> SampleCipher::Run(Octets from, std::byte* to) {
  std::size_t done = 0;
  while (done < from.size()) {
    const auto rest = from.subspan(done);
    if (run_bytes_ == 0) {
      if (const auto whole = WholePatterns(rest.size()); whole != 0) {
        if (!aes_->RunFronts(rest.first(whole), to + done, crypt_bytes_, crypt_bytes_ + skip_bytes_)) return Refused();
        done += whole;
        protected_bytes_ -= static_cast<std::uint32_t>(whole);
        continue;
      }
      if (auto next = NextRun(); !next) return std::move(next).error();
    }
    auto size = std::min<std::size_t>(run_bytes_, rest.size());
    if (run_is_clear_) {
      Copy(rest.first(size), to + done);
    } else {
      if (IsChained(scheme_)) size -= size % kBlockBytes;
      if (size == 0) break;
      if (!aes_->Run(rest.first(size), to + done)) return Refused();
    }
    done += size;
    run_bytes_ -= static_cast<std::uint32_t>(size);
  }
  return aes_->Flush() ? sdk::Result<std::size_t>(done) : sdk::Result<std::size_t>(Refused());
}

}  // namespace sluice::plugins::cenc
