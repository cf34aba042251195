// SPDX-License-Identifier: MIT
#include "key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::jwt {
namespace {

constexpr std::pair<std::string_view, Algorithm> kNames[] = {
    {"HS256", Algorithm::kHs256}, {"RS256", Algorithm::kRs256}, {"ES256", Algorithm::kEs256}};
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kCoordinateBytes = 32;

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bignum = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;

/// Takes what OpenSSL notes about failures off the thread again: TLS on the same thread would take it for its own.
class NoTrace {
 public:
  NoTrace() { ERR_set_mark(); }
  ~NoTrace() { ERR_pop_to_mark(); }
};

const unsigned char* Octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Bignum ToNumber(std::string_view octets) {
  return Bignum(BN_bin2bn(Octets(octets), static_cast<int>(octets.size()), nullptr));
}

class HmacKey final : public Key {
 public:
  explicit HmacKey(std::string secret) : secret_(std::move(secret)) {}

  bool Verifies(std::string_view text, std::string_view signature) const override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const auto* made = HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), Octets(text), text.size(),
                            digest.data(), &size);
    return made != nullptr && size == kDigestBytes && signature.size() == kDigestBytes &&
           CRYPTO_memcmp(digest.data(), signature.data(), kDigestBytes) == 0;
  }

 private:
  const std::string secret_;
};

class PublicKey final : public Key {
 public:
  PublicKey(Algorithm algorithm, Pkey key) : algorithm_(algorithm), key_(std::move(key)) {}

  bool Verifies(std::string_view text, std::string_view signature) const override {
    const NoTrace no_trace;
    if (algorithm_ == Algorithm::kRs256) return VerifiesDigest(text, signature);
    const auto der = DerOf(signature);
    return !der.empty() && VerifiesDigest(text, der);
  }

 private:
  /// RFC 7518 §3.4: r and s as 32 octets each; OpenSSL wants them in DER. \returns  empty for another form.
  static std::string DerOf(std::string_view signature) {
    if (signature.size() != 2 * kCoordinateBytes) return {};
    const std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
    auto r = ToNumber(signature.substr(0, kCoordinateBytes));
    auto s = ToNumber(signature.substr(kCoordinateBytes));
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
    if (size <= 0) return {};
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* to = reinterpret_cast<unsigned char*>(der.data());
    return i2d_ECDSA_SIG(pair.get(), &to) == size ? der : std::string();
  }

  /// With an RSA key the padding is PKCS #1 v1.5, which is what OpenSSL takes unless it is told otherwise.
  bool VerifiesDigest(std::string_view text, std::string_view signature) const {
    const std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), Octets(signature), signature.size(), Octets(text), text.size()) == 1;
  }

  const Algorithm algorithm_;
  const Pkey key_;
};

bool IsStrongRsa(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  return EVP_PKEY_is_a(key, "RSA") == 1 && bits >= kMinRsaBits && bits <= kMaxRsaBits;
}

bool IsOnP256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &size) == 1 &&
         std::string_view(group.data(), size) == SN_X9_62_prime256v1;
}

KeyPtr Accept(Algorithm algorithm, Pkey key) {
  if (!key || !(algorithm == Algorithm::kRs256 ? IsStrongRsa(key.get()) : IsOnP256(key.get()))) return nullptr;
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!context || EVP_PKEY_public_check(context.get()) != 1) return nullptr;
  return std::make_shared<PublicKey>(algorithm, std::move(key));
}

Pkey Import(const char* type, OSSL_PARAM* params) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  return Pkey(key);
}

}  // namespace

std::optional<Algorithm> AlgorithmOf(std::string_view name) {
  for (const auto& [known, algorithm] : kNames) {
    if (known == name) return algorithm;
  }
  return std::nullopt;
}

std::string_view NameOf(Algorithm algorithm) { return kNames[static_cast<std::size_t>(algorithm)].first; }

std::string_view WantedOf(Algorithm algorithm) {
  return algorithm == Algorithm::kEs256 ? "a public key of the curve P-256" : "a public RSA key of 2048 to 8192 bits";
}

KeyPtr MakeHmacKey(std::string secret) {
  if (secret.size() < kMinSecretBytes) return nullptr;
  return std::make_shared<HmacKey>(std::move(secret));
}

KeyPtr MakeRsaKey(std::string_view modulus, std::string_view exponent) {
  const NoTrace no_trace;
  if (modulus.size() > kMaxRsaBits / 8 || exponent.size() > modulus.size()) return nullptr;
  const auto n = ToNumber(modulus);
  const auto e = ToNumber(exponent);
  const std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return Accept(Algorithm::kRs256, Import("RSA", params.get()));
}

KeyPtr MakeEcKey(std::string_view x, std::string_view y) {
  const NoTrace no_trace;
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  std::string group = SN_X9_62_prime256v1;
  std::string point = "\x04";  // not compressed
  point.append(x).append(y);
  std::array<OSSL_PARAM, 3> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return Accept(Algorithm::kEs256, Import("EC", params.data()));
}

KeyPtr ReadPublicKey(Algorithm algorithm, std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
  const NoTrace no_trace;
  const auto text = sdk::TrimSpace(pem);
  if (!text.starts_with(kBegin) || text.find("-----BEGIN", kBegin.size()) != std::string_view::npos) return nullptr;
  const std::unique_ptr<BIO, Freeing<BIO_free>> source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!source) return nullptr;
  // Without this, OpenSSL asks at the terminal for the passphrase of a key that says that it has one.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  return Accept(algorithm, Pkey(PEM_read_bio_PUBKEY(source.get(), nullptr, no_passphrase, nullptr)));
}

}  // namespace sluice::plugins::jwt
