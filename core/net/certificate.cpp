// SPDX-License-Identifier: MIT
#include "core/net/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace sluice::net {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&::BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&::X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using File = CertificateFault::File;

/// A key with a passphrase must not make the process wait at a terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

Bio Open(const std::string& path, std::string& error) {
  errno = 0;
  Bio file(::BIO_new_file(path.c_str(), "re"), &::BIO_free);
  if (!file) error = "cannot be read: " + std::generic_category().message(errno);
  return file;
}

Certificate NextCertificate(BIO* file) {
  return {::PEM_read_bio_X509(file, nullptr, &NoPassphrase, nullptr), &::X509_free};
}

/// What stands behind the first certificate. \returns whether all of it could be used.
bool AddChain(SSL_CTX& context, BIO* file) {
  while (auto next = NextCertificate(file)) {
    if (::SSL_CTX_add0_chain_cert(&context, next.get()) != 1) return false;
    static_cast<void>(next.release());  // the context's now
  }
  const auto last = ::ERR_peek_last_error();
  return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

std::string Reason() {
  const char* const reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  return reason == nullptr ? "no reason given" : reason;
}

}  // namespace

std::vector<CertificateFault> UseCertificate(SSL_CTX& context, const CertificateFiles& files) {
  ::ERR_clear_error();
  std::vector<CertificateFault> faults;
  const auto add = [&](File file, std::string message) { faults.push_back({file, std::move(message)}); };
  std::string error;
  const auto chain = Open(files.certificate, error);
  const auto own = chain ? NextCertificate(chain.get()) : Certificate(nullptr, &::X509_free);
  if (!chain) {
    add(File::kCertificate, error);
  } else if (!own) {
    add(File::kCertificate, "want a PEM file with a certificate, and its chain behind it");
  }
  const auto key_file = Open(files.private_key, error);
  const Key key(key_file ? ::PEM_read_bio_PrivateKey(key_file.get(), nullptr, &NoPassphrase, nullptr) : nullptr,
                &::EVP_PKEY_free);
  if (!key_file) {
    add(File::kPrivateKey, error);
  } else if (!key) {
    add(File::kPrivateKey, "want a PEM file with a private key without passphrase");
  } else if (own && ::X509_check_private_key(own.get(), key.get()) != 1) {
    add(File::kPrivateKey, "want the private key that belongs to the certificate");
  }
  ::ERR_clear_error();
  if (faults.empty()) {
    if (::SSL_CTX_use_certificate(&context, own.get()) != 1 || !AddChain(context, chain.get())) {
      add(File::kCertificate, "cannot be used: " + Reason());
    } else if (::SSL_CTX_use_PrivateKey(&context, key.get()) != 1) {
      add(File::kPrivateKey, "cannot be used: " + Reason());
    }
  }
  ::ERR_clear_error();  // what is left there would be taken for the fault of a later call
  return faults;
}

}  // namespace sluice::net
