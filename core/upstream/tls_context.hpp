// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TlsOptions: how TLS is spoken to origins, and the OpenSSL context made from them.

#include <openssl/ssl.h>

#include <memory>
#include <sluice/sdk/result.hpp>
#include <string>

namespace sluice::upstream {

struct TlsOptions {
  std::string server_name = {};       ///< Sent as SNI and looked for in the certificate; empty: the URL's host.
  std::string ca_file = {};           ///< PEM; empty: the system's authorities.
  std::string certificate_file = {};  ///< PEM chain of a client certificate; with private_key_file or not at all.
  std::string private_key_file = {};  ///< PEM, without passphrase.
  bool insecure_skip_verify = false;  ///< Any certificate will do: whoever stands in between reads and forges all.

  bool operator==(const TlsOptions&) const = default;
};

using TlsContext = std::shared_ptr<SSL_CTX>;

/// TLS 1.2 or later; partial and moving writes. Reads the files: they may be replaced afterwards.
/// \returns  kInvalidArgument naming the field: "/ca_file: want …".
sdk::Result<TlsContext> MakeTlsContext(const TlsOptions& options);

/// Equal for options and file contents that are equal; else different. Not secret.
/// \returns  empty for options as they are by default.
std::string TlsIdentity(const TlsOptions& options);

}  // namespace sluice::upstream
