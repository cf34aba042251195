// SPDX-License-Identifier: MIT
#include "core/upstream/tls_context.hpp"

#include <openssl/err.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/upstream/address_guard.hpp"
#include "core/upstream/digest.hpp"

namespace sluice::upstream {
namespace {

sdk::Error Fault(std::string message) {
  ::ERR_clear_error();  // what is left there would be taken for the fault of a later call
  return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
}

/// OpenSSL writes with write(2): a peer that hung up would end a process that left SIGPIPE at its default.
void IgnoreBrokenPipes() {
  struct sigaction present {};
  if (::sigaction(SIGPIPE, nullptr, &present) != 0 || present.sa_handler != SIG_DFL) return;
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

sdk::Status UseAuthorities(SSL_CTX& context, const std::string& ca_file) {
  if (ca_file.empty()) {
    ::SSL_CTX_set_default_verify_paths(&context);
    return sdk::Ok();
  }
  if (::SSL_CTX_load_verify_file(&context, ca_file.c_str()) == 1) return sdk::Ok();
  return Fault("/ca_file: want a readable PEM file of certificates");
}

sdk::Status UseCertificate(SSL_CTX& context, const TlsOptions& options) {
  if (options.certificate_file.empty() && options.private_key_file.empty()) return sdk::Ok();
  if (options.certificate_file.empty()) return Fault("/certificate_file: want the certificate of the private key");
  if (options.private_key_file.empty()) return Fault("/private_key_file: want the private key of the certificate");
  if (::SSL_CTX_use_certificate_chain_file(&context, options.certificate_file.c_str()) != 1) {
    return Fault("/certificate_file: want a readable PEM file with a certificate and its chain");
  }
  // A key with a passphrase must not make the process wait at a terminal.
  ::SSL_CTX_set_default_passwd_cb(&context, [](char*, int, int, void*) { return -1; });
  if (::SSL_CTX_use_PrivateKey_file(&context, options.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const auto code = ::ERR_peek_last_error();
    const bool other = ERR_GET_LIB(code) == ERR_LIB_X509;
    return Fault(other ? "/private_key_file: want the key that belongs to the certificate"
                       : "/private_key_file: want a readable PEM file with a private key without passphrase");
  }
  return sdk::Ok();
}

std::string ContentOf(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

sdk::Result<TlsContext> MakeTlsContext(const TlsOptions& options) {
  IgnoreBrokenPipes();
  if (!options.server_name.empty() && !IsHostName(options.server_name)) return Fault("/server_name: want a host name");
  TlsContext context(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free);
  if (!context) return sdk::Error{.code = sdk::Errc::kInternal, .message = "TLS cannot be set up"};
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_cipher_list(context.get(), "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES");
  ::SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_verify(context.get(), options.insecure_skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (auto used = UseAuthorities(*context, options.ca_file); !used) return std::move(used).error();
  if (auto used = UseCertificate(*context, options); !used) return std::move(used).error();
  return context;
}

std::string TlsIdentity(const TlsOptions& options) {
  if (options == TlsOptions{}) return {};
  std::vector<std::string> parts = {options.server_name, options.insecure_skip_verify ? "insecure" : "verified"};
  for (const auto& file : {options.ca_file, options.certificate_file, options.private_key_file}) {
    parts.push_back(file);
    parts.push_back(ContentOf(file));
  }
  return Digest(parts);
}

}  // namespace sluice::upstream
