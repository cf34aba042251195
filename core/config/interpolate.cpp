// SPDX-License-Identifier: MIT
#include "core/config/interpolate.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

constexpr int kDeepest = 16;
constexpr std::size_t kMaxSecretFile = 64 * 1024;

bool IsNameStart(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool IsNameChar(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

class Interpolator {
 public:
  Interpolator(std::string_view text, const Environment& environment) : text_(text), environment_(environment) {}

  Interpolated Run() {
    result_.text = Text(false, true, 0);
    return std::move(result_);
  }

 private:
  /// Text up to the end, or up to the "}" that closes the expression around it. Not `wanted`: only skipped.
  std::string Text(bool inside, bool wanted, int depth) {
    std::string out;
    while (at_ < text_.size() && !failed_) {
      const char c = text_[at_];
      if (inside && c == '}') break;
      if (c == '$' && Next() == '$') {
        out += '$';
        at_ += 2;
      } else if (c == '$' && Next() == '{') {
        at_ += 2;
        out += Expression(wanted, depth + 1);
      } else {
        if (wanted) out += c;
        ++at_;
      }
    }
    return out;
  }

  /// What follows "${", "}" included.
  std::string Expression(bool wanted, int depth) {
    if (depth > kDeepest) return Fail("`${` is nested more than " + std::to_string(kDeepest) + " deep");
    if (text_.substr(at_).starts_with("file:")) {
      at_ += 5;
      const auto path = Text(true, wanted, depth);
      return Closed() && wanted ? File(path) : std::string();
    }
    const auto start = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) ++at_;
    const auto name = text_.substr(start, at_ - start);
    if (name.empty() || !IsNameStart(name.front())) {
      return Fail("`${` wants NAME, NAME:-default or file:/path after it; a plain dollar is written `$$`");
    }
    const bool has_default = text_.substr(at_).starts_with(":-");
    if (has_default) at_ += 2;
    const auto value = wanted ? environment_(name) : std::nullopt;
    const bool use_default = has_default && (!value || value->empty());
    auto fallback = has_default ? Text(true, wanted && use_default, depth) : std::string();
    if (!Closed() || !wanted) return {};
    if (NamesSecret(name)) result_.secret = true;
    if (use_default) return fallback;
    if (!value) return Wrong("variable " + Ticked(name) + " is not set and has no default");
    if (!IsUtf8(*value)) return Wrong("variable " + Ticked(name) + " is not UTF-8");
    return *value;
  }

  bool Closed() {
    if (failed_) return false;
    if (at_ < text_.size() && text_[at_] == '}') {
      ++at_;
      return true;
    }
    Fail("`${` without its `}`; a plain dollar is written `$$`");
    return false;
  }

  std::string File(const std::string& path) {
    result_.secret = true;
    std::string error;
    auto content = ReadFile(path, kMaxSecretFile, true, error);
    if (!error.empty()) return Wrong("file " + Ticked(path) + ": " + error);
    if (!IsUtf8(content)) return Wrong("file " + Ticked(path) + " is not UTF-8");
    if (content.ends_with('\n')) content.pop_back();
    if (content.ends_with('\r')) content.pop_back();
    return content;
  }

  char Next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  std::string Wrong(std::string message) {
    result_.errors.push_back(std::move(message));
    return {};
  }
  std::string Fail(std::string message) {
    failed_ = true;
    return Wrong(std::move(message));
  }

  std::string_view text_;
  const Environment& environment_;
  std::size_t at_ = 0;
  bool failed_ = false;
  Interpolated result_;
};

}  // namespace

Interpolated Interpolate(std::string_view text, const Environment& environment) {
  if (text.find('$') == std::string_view::npos) {
    Interpolated same;
    same.text = std::string(text);
    return same;
  }
  return Interpolator(text, environment).Run();
}

std::string EscapeDollars(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '$' ? "$$" : std::string(1, c);
  return out;
}

bool NamesSecret(std::string_view variable) {
  static constexpr std::array<std::string_view, 4> kEndings = {"KEY", "TOKEN", "PASSWORD", "SECRET"};
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return variable.size() >= ending.size() &&
           std::equal(ending.begin(), ending.end(), variable.end() - static_cast<std::ptrdiff_t>(ending.size()),
                      [&](char a, char b) { return a == upper(b); });
  });
}

std::string ReadFile(const std::string& path, std::size_t max_bytes, bool regular_only, std::string& error) {
  const auto reason = [] { return std::system_category().message(errno); };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (regular_only ? O_NONBLOCK : 0));
  if (descriptor < 0) {
    error = reason();
    return {};
  }
  struct stat about {};
  std::string content;
  if (::fstat(descriptor, &about) != 0) {
    error = reason();
  } else if (S_ISDIR(about.st_mode)) {
    error = "is a directory";
  } else if (regular_only && !S_ISREG(about.st_mode)) {
    error = "is no regular file";
  }
  std::array<char, 16 * 1024> buffer;
  while (error.empty()) {
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      error = reason();
    } else {
      content.append(buffer.data(), static_cast<std::size_t>(got));
      if (content.size() > max_bytes) error = "is larger than " + std::to_string(max_bytes / 1024) + " KiB";
    }
  }
  ::close(descriptor);
  return error.empty() ? content : std::string();
}

}  // namespace sluice::config
