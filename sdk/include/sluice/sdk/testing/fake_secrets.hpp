// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeSecrets: behaves like the server's cryptography and protects nothing. For tests only.

#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/services.hpp>
#include <sluice/sdk/testing/fake_services.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::sdk::testing {

/// Sealed text differs each time (of SealDeterministic: is the same each time), opens only with its own context, and is
/// refused when one octet changed; fingerprints are stable and show nothing of the secret at a glance. The cipher is a
/// toy: anybody can break it. Threads: [any].
class FakeSecrets final : public SecretsService {
 public:
  /// \param clock  by which what is kept runs out.
  explicit FakeSecrets(const FakeClock& clock) : kept_(clock) {}

  Result<std::string> Seal(std::string_view plaintext, std::string_view context) override {
    const auto nonce = Octets(Mix(counter_.fetch_add(1) + 1));
    const auto body = Crypt(plaintext, nonce);
    return nonce + Tag(nonce, body, context) + body;
  }
  Result<std::string> Open(std::string_view sealed, std::string_view context) override {
    const Error refused{.code = Errc::kInvalidArgument, .message = "sealed text is not authentic"};
    if (sealed.size() < 24) return refused;
    const auto nonce = sealed.substr(0, 8), tag = sealed.substr(8, 16), body = sealed.substr(24);
    if (!Equal(tag, Tag(nonce, body, context))) return refused;
    return Crypt(body, nonce);
  }
  Result<std::string> SealDeterministic(std::string_view plaintext) override {
    if (plaintext.empty())
      return Error{.code = Errc::kInvalidArgument, .message = "plaintext: want at least one octet"};
    const auto tag = Tag("deterministic", plaintext, "");
    return tag + Crypt(plaintext, tag);
  }
  Result<std::string> OpenDeterministic(std::string_view sealed) override {
    const Error refused{.code = Errc::kInvalidArgument, .message = "sealed text is not authentic"};
    if (sealed.size() <= 16) return refused;
    auto text = Crypt(sealed.substr(16), sealed.substr(0, 16));
    if (!Equal(sealed.substr(0, 16), Tag("deterministic", text, ""))) return refused;
    return text;
  }
  bool Equal(std::string_view a, std::string_view b) const noexcept override {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
      difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
    return difference == 0;
  }
  std::string Fingerprint(std::string_view secret) override { return HexEncode(Tag("fingerprint", secret, "")); }
  /// Not random: the same in each run, different in each call.
  std::string Random(std::size_t size) override {
    std::string out;
    while (out.size() < size) out += Octets(Mix(counter_.fetch_add(1) + 0x9E3779B97F4A7C15U));
    out.resize(size);
    return out;
  }

  Status Keep(const Call& call, std::string_view name, std::string_view secret, std::chrono::seconds ttl) override {
    if (name.size() > 256) return Error{.code = Errc::kInvalidArgument, .message = "secret name: want 1 to 256 octets"};
    return kept_.Put(call, name, secret, ttl);
  }
  Result<std::optional<std::string>> Recall(const Call& call, std::string_view name) override {
    return kept_.Get(call, name);
  }
  Status Forget(const Call& call, std::string_view name) override { return kept_.Erase(call, name); }
  std::string KeyId() override { return "00000000fa4e4e1d"; }
  /// What is kept under names, for assertions and for scripted failures.
  FakeKv& kept() { return kept_; }

 private:
  /// The finaliser of SplitMix64.
  static std::uint64_t Mix(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
  }
  static std::string Octets(std::uint64_t x) {
    std::string out;
    for (unsigned i = 0; i < 8; ++i) out += static_cast<char>(static_cast<unsigned char>(x >> (8 * i)));
    return out;
  }
  static std::uint64_t Hash(std::uint64_t state, std::string_view text) {
    for (const char c : text) state = Mix(state * 31 + static_cast<unsigned char>(c) + 1);
    return Mix(state ^ text.size());
  }
  static std::string Tag(std::string_view nonce, std::string_view body, std::string_view context) {
    const auto high = Hash(Hash(Hash(kKey, nonce), context), body);
    return Octets(high) + Octets(Hash(high ^ kKey, body));
  }
  static std::string Crypt(std::string_view text, std::string_view nonce) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<char>(static_cast<unsigned char>(out[i]) ^
                                 static_cast<unsigned char>(Mix(Hash(kKey, nonce) + i / 8) >> (8 * (i % 8))));
    return out;
  }

  static constexpr std::uint64_t kKey = 0x736C756963655F31U;
  std::atomic<std::uint64_t> counter_{0};
  FakeKv kept_;
};

}  // namespace sluice::sdk::testing
