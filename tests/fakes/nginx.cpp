// SPDX-License-Identifier: MIT
#include "tests/fakes/nginx.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace sluice::fakes {
namespace {

/// Waits for the program. \returns its exit code.
int Run(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2}) ::dup2(null, fd);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int Listen(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(fd, 512) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no port on 127.0.0.1 for nginx");
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::string Config(std::uint16_t port, std::string_view server, const Certificates* tls) {
  std::string text =
      "daemon off;\nuser root;\nworker_processes 1;\npid nginx.pid;\nerror_log error.log warn;\n"
      "events { worker_connections 1024; }\n"
      "http {\n  log_format short '$request_method $request_uri $status';\n  access_log access.log short;\n"
      "  types { text/plain txt; application/vnd.apple.mpegurl m3u8; video/mp2t ts; video/mp4 mp4 m4s; text/vtt vtt; "
      "}\n"
      "  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n"
      "  server {\n    server_name localhost;\n    listen 127.0.0.1:" +
      std::to_string(port) + (tls != nullptr ? " ssl" : "") + ";\n";
  if (tls != nullptr) {
    text +=
        "    ssl_certificate " + tls->certificate.string() + ";\n    ssl_certificate_key " + tls->key.string() + ";\n";
  }
  return text.append("    ").append(server).append("\n  }\n}\n");
}

}  // namespace

TempFolder::TempFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempFolder::Write(std::string_view name, std::string_view text) const {
  const auto whole = path_ / name;
  std::filesystem::create_directories(whole.parent_path());
  std::ofstream(whole, std::ios::binary) << text;
  return whole;
}

Certificates MakeCertificates(const TempFolder& folder, std::string_view names) {
  const auto at = [&](const char* name) { return (folder.path() / name).string(); };
  folder.Write("leaf.ext", "subjectAltName=" + std::string(names) + "\nbasicConstraints=CA:FALSE\n");
  const std::vector<std::vector<std::string>> steps = {
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
       "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign", "-keyout", at("ca.key"), "-out",
       at("ca.pem")},
      {"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Test server",
       "-keyout", at("leaf.key"), "-out", at("leaf.csr")},
      {"openssl", "x509", "-req", "-in", at("leaf.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial",
       "-days", "2", "-extfile", at("leaf.ext"), "-out", at("leaf.pem")}};
  for (const auto& step : steps) {
    if (Run(step) != 0) throw std::runtime_error("openssl " + step[1] + " failed");
  }
  return {at("ca.pem"), at("leaf.pem"), at("leaf.key")};
}

Nginx::Nginx(std::string_view server, const Certificates* tls) : tls_(tls != nullptr) {
  const int listener = Listen(port_);
  const auto config = folder_.Write("nginx.conf", Config(port_, server, tls));
  const auto prefix = folder_.path().string() + "/";
  // nginx takes over sockets that this variable names: what it does for itself when it is upgraded.
  const auto inherited = "NGINX=" + std::to_string(listener) + ";";
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // the master takes its worker along
    if (::getppid() != parent) ::_exit(1);
    char* const environment[] = {const_cast<char*>(inherited.c_str()),
                                 const_cast<char*>("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nullptr};
    ::execle("/usr/sbin/nginx", "nginx", "-e", "error.log", "-p", prefix.c_str(), "-c", config.c_str(),
             static_cast<char*>(nullptr), environment);
    ::_exit(127);
  }
  ::close(listener);
  if (pid_ > 0) ::setpgid(pid_, pid_);  // here too: Kill may come before the child gets that far
  if (pid_ < 0) throw std::runtime_error("nginx cannot be started");
}

Nginx::~Nginx() { Kill(); }

void Nginx::Kill() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
}

std::string Nginx::url() const { return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_); }

std::string Nginx::AccessLog() const {
  std::ifstream log(folder_.path() / "access.log");
  return {std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>()};
}

}  // namespace sluice::fakes
