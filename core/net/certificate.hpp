// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Certificates and their keys, from PEM files into OpenSSL.

#include <openssl/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::net {

struct CertificateFiles {
  std::string certificate;  ///< Path: the own certificate first, then its chain.
  std::string private_key;  ///< Path; without passphrase.
};

struct CertificateFault {
  enum class File : std::uint8_t { kCertificate, kPrivateKey };
  File file = File::kCertificate;
  std::string message;  ///< "want …" or "cannot be read: …", without the path.
};

/// Reads both files, which may be replaced afterwards, and gives them to `context`.
/// \returns  every fault; none: they are in use. Threads: one at a time for one context.
std::vector<CertificateFault> UseCertificate(SSL_CTX& context, const CertificateFiles& files);

}  // namespace sluice::net
