// SPDX-License-Identifier: MIT
#include "tests/fakes/proxies.hpp"

#include <fstream>
#include <iterator>

namespace sluice::fakes {
namespace {

std::string ContentOf(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> MicrosocksCommand(std::uint16_t port, const Credentials* credentials) {
  std::vector<std::string> command = {"microsocks", "-i", "127.0.0.1", "-p", std::to_string(port)};
  if (credentials != nullptr) command.insert(command.end(), {"-u", credentials->user, "-P", credentials->password});
  return command;
}

std::vector<std::string> TinyproxyCommand(std::uint16_t port, const Credentials* credentials,
                                          const TempFolder& folder) {
  auto text = "Port " + std::to_string(port) +
              "\nListen 127.0.0.1\nTimeout 60\nMaxClients 64\nAllow 127.0.0.1\nLogLevel Connect\nLogFile \"" +
              (folder.path() / "requests.log").string() + "\"\n";
  if (credentials != nullptr) text += "BasicAuth " + credentials->user + " " + credentials->password + "\n";
  return {"tinyproxy", "-d", "-c", folder.Write("tinyproxy.conf", text).string()};
}

}  // namespace

Microsocks::Microsocks(const Credentials* credentials)
    : process_(StartListening([&](std::uint16_t port) { return MicrosocksCommand(port, credentials); },
                              folder_.path() / "output", port_)) {}

std::string Microsocks::Log() const { return ContentOf(folder_.path() / "output"); }

Tinyproxy::Tinyproxy(const Credentials* credentials)
    : process_(StartListening([&](std::uint16_t port) { return TinyproxyCommand(port, credentials, folder_); },
                              folder_.path() / "output", port_)) {}

std::string Tinyproxy::Log() const { return ContentOf(folder_.path() / "requests.log"); }

TlsFront::TlsFront(const Certificates& certificates, std::uint16_t behind)
    : process_(StartListening(
          [&](std::uint16_t port) {
            return std::vector<std::string>{"socat",
                                            "OPENSSL-LISTEN:" + std::to_string(port) +
                                                ",bind=127.0.0.1,reuseaddr,fork,verify=0,cert=" +
                                                certificates.certificate.string() + ",key=" + certificates.key.string(),
                                            "TCP:127.0.0.1:" + std::to_string(behind)};
          },
          folder_.path() / "output", port_)) {}

}  // namespace sluice::fakes
