// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Between the SDK's views and the C views, and between errors. Nothing here allocates but Array past its inline room.

#include <sluice/abi/base.h>
#include <sluice/sdk/types.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::detail {

inline sluice_str Str(std::string_view text) noexcept { return {text.data(), text.size()}; }
inline std::string_view View(sluice_str text) noexcept {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}
inline sluice_bytes Bytes(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}
inline std::span<const std::byte> View(sluice_bytes bytes) noexcept {
  if (bytes.data == nullptr) return {};
  return {reinterpret_cast<const std::byte*>(bytes.data), bytes.size};
}

/// Of a service that a plugin asks for, and the server does not offer.
/// Not inlined: g++ 12 sees an overrun in the text that it makes then (GCC bug 105651).
[[gnu::noinline]] inline Error MissingService(const char* id) {
  return {.code = Errc::kUnsupported, .message = std::string("this server has no ") + id};
}

template <typename T>
constexpr std::uint32_t SizeOf() noexcept {
  return static_cast<std::uint32_t>(sizeof(T));
}

/// A list of views made for one call: up to N on the stack. \tparam T  trivially destructible.
template <typename T, std::size_t N>
class Array {
 public:
  Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  template <typename Range, typename F>
  void Fill(const Range& range, F&& convert) {
    size_ = range.size();
    if (size_ > N) heap_.resize(size_);
    std::transform(range.begin(), range.end(), data(), std::forward<F>(convert));
  }
  T* data() noexcept { return size_ > N ? heap_.data() : inline_.data(); }
  const T* data() const noexcept { return size_ > N ? heap_.data() : inline_.data(); }
  std::size_t size() const noexcept { return size_; }
  std::span<const T> span() const noexcept { return {data(), size_}; }

 private:
  std::array<T, N> inline_;
  std::vector<T> heap_;
  std::size_t size_ = 0;
};

inline sluice_field ToField(const Header& header) noexcept { return {Str(header.name), Str(header.value)}; }
inline sluice_field ToField(const Field& field) noexcept { return {Str(field.name), Str(field.value)}; }
inline Field FromField(const sluice_field& field) noexcept { return {View(field.name), View(field.value)}; }
inline constexpr auto kToField = [](const auto& field) { return ToField(field); };

using FieldArray = Array<sluice_field, 32>;

template <typename T>
std::span<const T> Elements(const T* data, std::size_t size) noexcept {
  return data == nullptr ? std::span<const T>() : std::span<const T>(data, size);
}

/// `text` without a UTF-8 sequence that is cut in two at `max` bytes.
inline std::string_view TruncateUtf8(std::string_view text, std::size_t max) noexcept {
  if (text.size() <= max) return text;
  std::size_t end = max;
  for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U; ++back) --end;
  return text.substr(0, end);
}

/// Fills `out` and answers `code` as it is sent: a code that the ABI does not know is SLUICE_INTERNAL.
inline sluice_status SetError(sluice_error* out, Errc code, std::string_view message,
                              std::chrono::milliseconds retry_after = {}, std::uint32_t upstream_status = 0,
                              Reason reason = Reason::kNone) noexcept {
  auto status = static_cast<sluice_status>(code);
  if (status == SLUICE_OK || status > SLUICE_INTERNAL) status = SLUICE_INTERNAL;
  if (out == nullptr) return status;
  *out = sluice_error{};
  out->status = status;
  const auto wait_ms = std::clamp<std::int64_t>(retry_after.count(), 0, std::numeric_limits<std::uint32_t>::max());
  out->retry_after_ms = static_cast<std::uint32_t>(wait_ms);
  out->upstream_status = upstream_status;
  out->reason = static_cast<sluice_reason>(reason);
  const auto kept = TruncateUtf8(message, sizeof(out->message) - 1);
  if (!kept.empty()) std::memcpy(out->message, kept.data(), kept.size());
  return status;
}
inline sluice_status SetError(sluice_error* out, const Error& error) noexcept {
  return SetError(out, error.code, error.message, error.retry_after, error.upstream_status, error.reason);
}

/// What the other side answered. `status` must not be SLUICE_OK.
inline Error ToError(sluice_status status, const sluice_error& error) {
  const auto* end = std::find(std::begin(error.message), std::end(error.message), '\0');
  return Error{.code = status > SLUICE_INTERNAL ? Errc::kInternal : static_cast<Errc>(status),
               .message = std::string(std::begin(error.message), end),
               .retry_after = std::chrono::milliseconds(error.retry_after_ms),
               .upstream_status = error.upstream_status,
               .reason = error.reason > SLUICE_REASON_LOCKED ? Reason::kNone : static_cast<Reason>(error.reason)};
}
inline Status ToStatus(sluice_status status, const sluice_error& error) {
  if (status == SLUICE_OK) return Ok();
  return ToError(status, error);
}

/// The exception barrier: runs `function`, which answers a Status, and lets nothing escape.
template <typename F>
sluice_status Barrier(sluice_error* error, F&& function) noexcept {
  try {
    const Status status = std::forward<F>(function)();
    return status ? static_cast<sluice_status>(SLUICE_OK) : SetError(error, status.error());
  } catch (const std::exception& exception) {
    return SetError(error, Errc::kInternal, exception.what());
  } catch (...) {
    return SetError(error, Errc::kInternal, "an exception that is no std::exception");
  }
}

/// The barrier of functions that have no error to answer.
template <typename T, typename F>
T BarrierOr(T fallback, F&& function) noexcept {
  try {
    return std::forward<F>(function)();
  } catch (...) {
    return fallback;
  }
}

/// Takes one text from a `sluice_text_sink`, once; what is put after the first is not taken.
class TextTaker {
 public:
  sluice_text_sink sink() noexcept { return {this, &TextTaker::Put}; }
  bool taken() const noexcept { return taken_; }
  std::string& text() noexcept { return text_; }

 private:
  static void Put(void* ctx, sluice_str text) noexcept {
    auto& self = *static_cast<TextTaker*>(ctx);
    if (self.taken_) return;
    self.taken_ = BarrierOr(false, [&] {
      self.text_ = View(text);
      return true;
    });
  }

  std::string text_;
  bool taken_ = false;
};

}  // namespace sluice::sdk::detail
