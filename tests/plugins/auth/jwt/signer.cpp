// SPDX-License-Identifier: MIT
#include "signer.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdlib>
#include <sluice/sdk/base64.hpp>

namespace sluice::plugins::jwt {
namespace {

constexpr int kCoordinate = 32;

unsigned char* Data(std::string& octets) { return reinterpret_cast<unsigned char*>(octets.data()); }
const unsigned char* Data(std::string_view octets) { return reinterpret_cast<const unsigned char*>(octets.data()); }

/// The tests are nothing without what OpenSSL makes for them.
void Need(bool done) {
  if (!done) std::abort();
}

std::string TextOf(const std::unique_ptr<BIO, decltype(&BIO_free)>& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// \param size  0: as short as it goes.
std::string NumberOf(const BIGNUM* number, int size) {
  std::string out(static_cast<std::size_t>(size == 0 ? BN_num_bytes(number) : size), '\0');
  Need(BN_bn2binpad(number, Data(out), static_cast<int>(out.size())) >= 0);
  return out;
}

std::string ParamOf(const EVP_PKEY* key, const char* name, int size) {
  BIGNUM* number = nullptr;
  Need(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> owner(number, BN_free);
  // Of a curve with longer coordinates, the last octets will do: the result is to be refused.
  if (size != 0 && BN_num_bytes(number) > size) return NumberOf(number, 0).substr(0, static_cast<std::size_t>(size));
  return NumberOf(number, size);
}

std::string Member(const char* name, const std::string& octets) {
  return std::string("\"") + name + "\": \"" + sdk::Base64UrlEncode(octets) + "\"";
}

}  // namespace

KeyPair KeyPair::Rsa(unsigned bits) {
  auto* key = EVP_RSA_gen(bits);
  Need(key != nullptr);
  return KeyPair(key);
}

KeyPair KeyPair::Ec(const char* curve) {
  auto* key = EVP_EC_gen(curve);
  Need(key != nullptr);
  return KeyPair(key);
}

std::string KeyPair::PublicPem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  Need(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return TextOf(bio);
}

std::string KeyPair::PublicPemOfPower(int times) const {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> n(BN_new(), BN_free), e(BN_new(), BN_free), one(BN_new(), BN_free);
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> scratch(BN_CTX_new(), BN_CTX_free);
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                                OSSL_PARAM_BLD_free);
  const auto modulus = ParamOf(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
  Need(BN_one(n.get()) == 1 && BN_set_word(e.get(), RSA_F4) == 1);
  Need(BN_bin2bn(Data(std::string_view(modulus)), static_cast<int>(modulus.size()), one.get()) != nullptr);
  for (int i = 0; i < times; ++i) Need(BN_mul(n.get(), n.get(), one.get(), scratch.get()) == 1);
  Need(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> params(OSSL_PARAM_BLD_to_param(builder.get()),
                                                                       OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  Need(EVP_PKEY_fromdata_init(context.get()) == 1 &&
       EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1);
  return KeyPair(key).PublicPem();
}

std::string KeyPair::PrivatePem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  Need(PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return TextOf(bio);
}

std::string KeyPair::JwkMembers() const {
  if (is_rsa()) {
    return "\"kty\": \"RSA\", " + Member("n", ParamOf(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)) + ", " +
           Member("e", ParamOf(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0));
  }
  return R"("kty": "EC", "crv": "P-256", )" + Member("x", ParamOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinate)) +
         ", " + Member("y", ParamOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinate));
}

std::string KeyPair::SignDer(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::size_t size = 0;
  Need(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
       EVP_DigestSign(context.get(), nullptr, &size, Data(text), text.size()) == 1);
  std::string out(size, '\0');
  Need(EVP_DigestSign(context.get(), Data(out), &size, Data(text), text.size()) == 1);
  out.resize(size);
  return out;
}

std::string KeyPair::Sign(std::string_view text) const {
  auto signature = SignDer(text);
  if (is_rsa()) return signature;
  const auto* from = Data(std::string_view(signature));
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
      d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(signature.size())), ECDSA_SIG_free);
  Need(pair != nullptr);
  return NumberOf(ECDSA_SIG_get0_r(pair.get()), kCoordinate) + NumberOf(ECDSA_SIG_get0_s(pair.get()), kCoordinate);
}

std::string SignHmac(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  Need(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Data(text), text.size(), digest.data(),
            &size) != nullptr);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string SigningInput(std::string_view header, std::string_view payload) {
  return sdk::Base64UrlEncode(header) + "." + sdk::Base64UrlEncode(payload);
}

std::string Compact(std::string_view input, std::string_view signature) {
  return std::string(input) + "." + sdk::Base64UrlEncode(signature);
}

}  // namespace sluice::plugins::jwt
