// SPDX-License-Identifier: MIT
#include "core/upstream/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "core/http/head_scanner.hpp"
#include "core/net/file_descriptor.hpp"
#include "core/upstream/byte_range.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;

sdk::Error Fail(sdk::Errc code, std::string_view message) { return {.code = code, .message = std::string(message)}; }

class FileBody final : public Body {
 public:
  explicit FileBody(FilePart part) : part_(std::move(part)) {}

  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
    const auto got = part_.Read(buffer);
    if (!got) return Fail(sdk::Errc::kUpstreamFailed, "file: want as many octets as it had when it was opened");
    return *got;
  }
  FilePart Release() { return std::move(part_); }

 private:
  FilePart part_;
};

class EmptyBody final : public Body {
 public:
  sdk::Result<std::size_t> Read(std::span<std::byte>) override { return std::size_t{0}; }
};

sdk::Result<std::string> DecodePath(std::string_view raw) {
  std::string path;
  path.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '?' || c == '#')
      return Fail(sdk::Errc::kInvalidArgument, "/url: want a file URL without query and fragment");
    if (c == '%') {
      const int high = i + 2 < raw.size() ? sdk::HexDigit(raw[i + 1]) : -1;
      const int low = i + 2 < raw.size() ? sdk::HexDigit(raw[i + 2]) : -1;
      if (high < 0 || low < 0) return Fail(sdk::Errc::kInvalidArgument, "/url: want two hex digits after each %");
      c = static_cast<char>(high * 16 + low);
      if (c == '/') return Fail(sdk::Errc::kInvalidArgument, "/url: want no encoded slash");
      i += 2;
    }
    if (c == '\0') return Fail(sdk::Errc::kInvalidArgument, "/url: want no NUL");
    path += c;
  }
  return path;
}

/// A path with "." or ".." in it was not made by anyone who knows which file is meant.
bool HasDotSegment(std::string_view path) {
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    const auto segment = path.substr(start, end - start);
    if (segment == "." || segment == "..") return true;
    start = end + 1;
  }
  return false;
}

sdk::Result<std::string> PathOf(std::string_view url) {
  constexpr std::string_view kScheme = "file://";
  if (url.size() < kScheme.size() || !EqualNoCase(url.substr(0, kScheme.size()), kScheme)) {
    return Fail(sdk::Errc::kInvalidArgument, "/url: want file:///…");
  }
  url.remove_prefix(kScheme.size());
  const auto slash = url.find('/');
  const auto host = url.substr(0, slash);
  if (slash == std::string_view::npos || !(host.empty() || EqualNoCase(host, "localhost"))) {
    return Fail(sdk::Errc::kInvalidArgument, "/url: want a file URL of this machine, file:///…");
  }
  auto path = DecodePath(url.substr(slash));
  if (path && HasDotSegment(*path)) return Fail(sdk::Errc::kInvalidArgument, "/url: want a path without . and ..");
  return path;
}

sdk::Error OpenFailure(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return Fail(sdk::Errc::kNotFound, "file: no such file");
    case EACCES:
    case EPERM:
    case ENXIO:
    case ENODEV:
      return Fail(sdk::Errc::kPermissionDenied, "file: want a readable regular file");
    default:
      return Fail(sdk::Errc::kInternal, "file: cannot be opened");
  }
}

struct Validators {
  std::string etag;
  sdk::Seconds modified{};
};

Validators ValidatorsOf(const struct stat& info) {
  std::array<char, 80> tag{};
  std::snprintf(tag.data(), tag.size(), "\"%llx-%llx%08lx-%llx\"", static_cast<unsigned long long>(info.st_size),
                static_cast<unsigned long long>(info.st_mtim.tv_sec), static_cast<unsigned long>(info.st_mtim.tv_nsec),
                static_cast<unsigned long long>(info.st_ino));
  return {tag.data(), sdk::Seconds(std::chrono::seconds(info.st_mtim.tv_sec))};
}

/// RFC 9110 §13.1.2: weak comparison, "*" matches anything that exists.
bool NoneMatchHits(std::string_view list, std::string_view etag) {
  for (auto tag : ListElements(list)) {
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

bool NotModified(const Request& request, const Validators& file) {
  if (const auto tags = FindField(request.headers, "If-None-Match")) return NoneMatchHits(*tags, file.etag);
  const auto since = FindField(request.headers, "If-Modified-Since");
  const auto date = since ? ParseHttpDate(*since) : std::nullopt;
  return date && file.modified <= *date;
}

/// RFC 9110 §13.1.5. A date less than a second old cannot tell two versions apart.
bool RangeHolds(const Request& request, const Validators& file) {
  const auto condition = FindField(request.headers, "If-Range");
  if (!condition) return true;
  if (condition->starts_with('"')) return *condition == file.etag;
  const auto date = ParseHttpDate(*condition);
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return date && *date == file.modified && file.modified < now;
}

ByteRange RangeOf(const Request& request, const Validators& file, std::uint64_t size_bytes) {
  const auto range = FindField(request.headers, "Range");
  if (request.method != "GET" || !range || !RangeHolds(request, file)) return {RangeAnswer::kWhole, 0, size_bytes};
  return ParseRange(*range, size_bytes);
}

Response Answer(const Request& request, std::string_view path, net::FileDescriptor file, const struct stat& info) {
  const auto validators = ValidatorsOf(info);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  Response response;
  response.url = request.url;
  response.headers = {
      {"Accept-Ranges", "bytes"}, {"ETag", validators.etag}, {"Last-Modified", HttpDate(validators.modified)}};
  response.body = std::make_unique<EmptyBody>();
  if (NotModified(request, validators)) {
    response.status = 304;
    response.reason = "Not Modified";
    return response;
  }
  const auto range = RangeOf(request, validators, size);
  response.content_length = range.length;
  response.headers.push_back({"Content-Length", std::to_string(range.length)});
  if (range.answer == RangeAnswer::kUnsatisfiable) {
    response.status = 416;
    response.reason = "Range Not Satisfiable";
    response.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
    return response;
  }
  response.headers.push_back({"Content-Type", std::string(ContentTypeOf(path))});
  response.status = 200;
  response.reason = "OK";
  if (range.answer == RangeAnswer::kPart) {
    response.status = 206;
    response.reason = "Partial Content";
    response.headers.push_back({"Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                     std::to_string(range.first + range.length - 1) + "/" +
                                                     std::to_string(size)});
  }
  if (request.method == "GET") {
    response.body = std::make_unique<FileBody>(FilePart{std::move(file), range.first, range.length});
  }
  return response;
}

}  // namespace

std::optional<std::size_t> FilePart::Read(std::span<std::byte> buffer) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), length));
  if (wanted == 0) return 0;
  ssize_t got = -1;
  do {
    got = ::pread(file.get(), buffer.data(), wanted, static_cast<off_t>(first));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return std::nullopt;
  first += static_cast<std::uint64_t>(got);
  length -= static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

std::optional<FilePart> ReleaseFile(Response& response) {
  auto* const body = dynamic_cast<FileBody*>(response.body.get());
  if (body == nullptr) return std::nullopt;
  auto part = body->Release();
  response.body = std::make_unique<EmptyBody>();
  return part;
}

sdk::Result<Response> FetchFile(const Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return Fail(sdk::Errc::kInvalidArgument, "/method: want GET or HEAD for a file");
  }
  auto path = PathOf(request.url);
  if (!path) return std::move(path).error();
  // O_NONBLOCK: a FIFO without a writer would hold the thread for ever.
  net::FileDescriptor file(::open(path->c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.get() < 0) return OpenFailure(errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return OpenFailure(errno);
  if (!S_ISREG(info.st_mode)) return Fail(sdk::Errc::kPermissionDenied, "file: want a regular file");
  return Answer(request, *path, std::move(file), info);
}

}  // namespace sluice::upstream
