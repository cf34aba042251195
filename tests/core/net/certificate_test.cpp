// SPDX-License-Identifier: MIT
#include "core/net/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/fakes/nginx.hpp"

namespace sluice::net {
namespace {

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Writes `key` to `path`, with a passphrase.
void WriteEncrypted(EVP_PKEY* key, const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
  ASSERT_EQ(::PEM_write_PKCS8PrivateKey(file.get(), key, ::EVP_aes_256_cbc(), "secret", 6, nullptr, nullptr), 1);
}

class CertificateTest : public ::testing::Test {
 protected:
  CertificateTest() : context_(::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free) {}

  /// "certificate: …\n" and "private key: …\n"; empty: it is in use.
  std::string Use(const std::string& certificate, const std::string& key) {
    std::string text;
    for (const auto& fault : UseCertificate(*context_, {.certificate = certificate, .private_key = key})) {
      const bool own = fault.file == CertificateFault::File::kCertificate;
      text += (own ? "certificate: " : "private key: ") + fault.message + "\n";
    }
    return text;
  }
  std::string Write(const char* name, const std::string& text) const { return folder_.Write(name, text).string(); }

  const fakes::TempFolder folder_;
  const fakes::Certificates made_ = fakes::MakeCertificates(folder_, "DNS:localhost");
  const std::string certificate_ = made_.certificate.string();
  const std::string key_ = made_.key.string();
  const std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_;
};

TEST_F(CertificateTest, IsGivenToOpensslWithItsChain) {
  const auto chain = Write("chain.pem", TextOf(certificate_) + TextOf(made_.ca.string()));

  EXPECT_EQ(Use(chain, key_), "");

  EXPECT_EQ(::SSL_CTX_check_private_key(context_.get()), 1);
  STACK_OF(X509)* sent = nullptr;
  SSL_CTX_get0_chain_certs(context_.get(), &sent);
  EXPECT_EQ(sk_X509_num(sent), 1);
}

TEST_F(CertificateTest, MayStandInOneFileWithItsKey) {
  const auto both = Write("both.pem", TextOf(certificate_) + TextOf(key_));

  EXPECT_EQ(Use(both, both), "");
}

TEST_F(CertificateTest, EveryFaultIsToldAtOnce) {
  EXPECT_EQ(Use("/no/such.pem", "/no/such.key"),
            "certificate: cannot be read: No such file or directory\n"
            "private key: cannot be read: No such file or directory\n");
  const auto junk = Write("junk.pem", "nothing of use\n");
  EXPECT_EQ(Use(junk, junk),
            "certificate: want a PEM file with a certificate, and its chain behind it\n"
            "private key: want a PEM file with a private key without passphrase\n");
}

TEST_F(CertificateTest, FilesThatAreMixedUpAreRefused) {
  EXPECT_EQ(Use(key_, certificate_),
            "certificate: want a PEM file with a certificate, and its chain behind it\n"
            "private key: want a PEM file with a private key without passphrase\n");
  EXPECT_EQ(Use(folder_.path().string(), key_),
            "certificate: want a PEM file with a certificate, and its chain behind it\n");
}

TEST_F(CertificateTest, AKeyOfAnotherCertificateIsRefused) {
  const fakes::TempFolder elsewhere;
  const auto other = fakes::MakeCertificates(elsewhere, "DNS:localhost");

  EXPECT_EQ(Use(certificate_, other.key.string()),
            "private key: want the private key that belongs to the certificate\n");
}

TEST_F(CertificateTest, AKeyOfAnotherKindIsRefused) {
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> rsa(::EVP_RSA_gen(2048), &::EVP_PKEY_free);
  const auto path = (folder_.path() / "rsa.key").string();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
  ASSERT_EQ(::PEM_write_PrivateKey(file.get(), rsa.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
  ASSERT_EQ(std::fflush(file.get()), 0);

  EXPECT_EQ(Use(certificate_, path), "private key: want the private key that belongs to the certificate\n");
}

TEST_F(CertificateTest, AKeyWithAPassphraseIsRefusedWithoutAsking) {
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(::EVP_EC_gen("P-256"), &::EVP_PKEY_free);
  const auto path = (folder_.path() / "encrypted.key").string();
  WriteEncrypted(key.get(), path);

  EXPECT_EQ(Use(certificate_, path), "private key: want a PEM file with a private key without passphrase\n");
}

TEST_F(CertificateTest, ABrokenChainIsRefused) {
  const auto broken =
      Write("broken.pem", TextOf(certificate_) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

  EXPECT_TRUE(Use(broken, key_).starts_with("certificate: cannot be used: "));
}

}  // namespace
}  // namespace sluice::net
