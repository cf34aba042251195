// SPDX-License-Identifier: MIT
#include "store/common/torrent_file.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

#include "store/common/digest.hpp"

namespace sluice::plugins::store {
namespace {

constexpr std::size_t kMaxFileBytes = 16 * 1024 * 1024;
constexpr int kMaxDepth = 32;

sdk::Error Invalid(const char* wanted) {
  return {.code = sdk::Errc::kInvalidArgument, .message = std::string(".torrent file: want ") + wanted};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Bencoded values at the front of a text, which are taken off. \returns  false, nothing: what stands there is none.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// "4:spam"
  std::optional<std::string_view> TakeText() {
    std::uint32_t size = 0;
    const auto [stop, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    const auto digits = static_cast<std::size_t>(stop - rest_.data());
    if (fault != std::errc() || (rest_.front() == '0' && digits > 1)) return std::nullopt;
    rest_.remove_prefix(digits);
    if (!Take(':') || rest_.size() < size) return std::nullopt;
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  /// Any value, as it stands.
  std::optional<std::string_view> TakeValue(int depth) {
    const auto before = rest_;
    if (!SkipValue(depth)) return std::nullopt;
    return before.substr(0, before.size() - rest_.size());
  }

 private:
  bool SkipValue(int depth) {
    if (depth > kMaxDepth || rest_.empty()) return false;
    if (IsDigit(rest_.front())) return TakeText().has_value();
    if (Take('i')) return SkipNumber();
    const bool is_dictionary = Take('d');
    if (!is_dictionary && !Take('l')) return false;
    while (!Take('e')) {
      if (is_dictionary && !TakeText()) return false;
      if (!SkipValue(depth + 1)) return false;
    }
    return true;
  }
  /// Behind the "i": no leading zeros, and no "-0".
  bool SkipNumber() {
    const bool negative = Take('-');
    std::size_t digits = 0;
    while (digits < rest_.size() && IsDigit(rest_[digits])) ++digits;
    if (digits == 0 || (rest_.front() == '0' && (digits > 1 || negative))) return false;
    rest_.remove_prefix(digits);
    return Take('e');
  }

  std::string_view rest_;
};

/// The value of `key` of a dictionary that is all of `text`. \returns  an empty view: it has none; nothing: it is no
/// such dictionary, or has two.
std::optional<std::string_view> ValueOf(std::string_view text, std::string_view key) {
  Reader reader(text);
  if (!reader.Take('d')) return std::nullopt;
  std::string_view found;
  while (!reader.Take('e')) {
    const auto name = reader.TakeText();
    const auto value = name ? reader.TakeValue(1) : std::nullopt;
    if (!value || (*name == key && !found.empty())) return std::nullopt;
    if (*name == key) found = *value;
  }
  if (!reader.at_end()) return std::nullopt;
  return found;
}

}  // namespace

sdk::Result<std::string> InfoHashOfTorrent(std::span<const std::byte> file) {
  if (file.size() > kMaxFileBytes) return Invalid("at most 16 MiB");
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto info = ValueOf(text, "info");
  if (!info) return Invalid("one bencoded dictionary (BEP 3)");
  const auto pieces = info->empty() ? std::nullopt : ValueOf(*info, "pieces");
  if (!pieces) return Invalid("a dictionary called info");
  if (pieces->empty()) return Invalid("info with pieces");
  return Sha1Hex(*info);
}

}  // namespace sluice::plugins::store
