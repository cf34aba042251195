// SPDX-License-Identifier: MIT
#include "core/upstream/tls_context.hpp"

#include <openssl/err.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "core/net/broken_pipes.hpp"
#include "core/net/certificate.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/digest.hpp"

namespace sluice::upstream {
namespace {

sdk::Error Fault(std::string message) {
  ::ERR_clear_error();  // what is left there would be taken for the fault of a later call
  return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
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
  const auto faults =
      net::UseCertificate(context, {.certificate = options.certificate_file, .private_key = options.private_key_file});
  if (faults.empty()) return sdk::Ok();
  const bool own = faults.front().file == net::CertificateFault::File::kCertificate;
  return Fault((own ? "/certificate_file: " : "/private_key_file: ") + faults.front().message);
}

std::string ContentOf(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

sdk::Result<TlsContext> MakeTlsContext(const TlsOptions& options) {
  net::IgnoreBrokenPipes();
  if (!options.server_name.empty() && !IsHostName(options.server_name)) return Fault("/server_name: want a host name");
  TlsContext context(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free);
  if (!context) return sdk::Error{.code = sdk::Errc::kInternal, .message = "TLS cannot be set up"};
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_cipher_list(context.get(), "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES");
  ::SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_read_ahead(context.get(), 1);  // one receive for a record, not one for its header too
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
