// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Nginx: a real nginx on a free port of 127.0.0.1, with a folder of its own, that dies with the test.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sluice::fakes {

/// A folder under the system's temporary one; removed with all that is in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes `text` to `name` below the folder; makes folders on the way. \returns the whole path.
  std::filesystem::path Write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// A certificate authority made on the spot, and one server certificate that it signed.
struct Certificates {
  std::filesystem::path ca;           ///< PEM, for whoever shall trust it.
  std::filesystem::path certificate;  ///< PEM
  std::filesystem::path key;          ///< PEM
};
/// \param names  as in subjectAltName: "DNS:localhost,IP:127.0.0.1". Throws std::runtime_error when openssl(1) fails.
Certificates MakeCertificates(const TempFolder& folder, std::string_view names);

/// The port is bound before nginx starts, so there is no race for it and connections wait until it serves.
class Nginx {
 public:
  /// \param server  what stands in the server block: "location / { root html; }". Relative paths are below folder().
  ///                `listen` is there already.
  /// \param tls     null: plain HTTP. Throws std::runtime_error when nginx cannot be started.
  explicit Nginx(std::string_view server, const Certificates* tls = nullptr);
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::uint16_t port() const { return port_; }
  const TempFolder& folder() const { return folder_; }
  /// "http://127.0.0.1:port" or, with TLS, "https://localhost:port".
  std::string url() const;
  /// Ends it as a crash would: no connection is closed in an orderly way.
  void Kill();
  /// What it wrote to its access log (folder()/access.log): method, target and status of each finished request.
  std::string AccessLog() const;

 private:
  TempFolder folder_;
  bool tls_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sluice::fakes
