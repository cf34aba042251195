// SPDX-License-Identifier: MIT
#include "common/remote/answers.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <sluice/sdk/text.hpp>
#include <string>
#include <system_error>

namespace sluice::plugins::remote {

using std::chrono::seconds;

std::optional<seconds> DeltaSeconds(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (stop != end || fault == std::errc::invalid_argument) return std::nullopt;
  if (fault == std::errc::result_out_of_range) return std::chrono::days(1);
  return seconds(value);
}

std::optional<seconds> FreshFor(const sdk::HttpResponse& answer, seconds shortest, seconds longest) {
  for (auto rest = sdk::FieldValue(answer.headers, "Cache-Control"); !rest.empty();) {
    auto value = sdk::TrimSpace(sdk::TakeUpTo(rest, ','));
    const auto name = sdk::TakeUpTo(value, '=');
    if (sdk::EqualsIgnoreCase(name, "no-store") || sdk::EqualsIgnoreCase(name, "no-cache")) return shortest;
    if (!sdk::EqualsIgnoreCase(name, "max-age")) continue;
    const auto life = DeltaSeconds(value);
    if (!life) return shortest;
    const auto age = DeltaSeconds(sdk::FieldValue(answer.headers, "Age")).value_or(seconds(0));
    return std::clamp(*life - age, shortest, longest);
  }
  return std::nullopt;
}

std::chrono::milliseconds TimeoutWithin(const sdk::Call& call, std::chrono::milliseconds most) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::duration_cast<milliseconds>(call.remaining());
  return std::clamp(left - left / 10, milliseconds(1), most);
}

std::optional<sdk::Error> OverBy(const sdk::Call& call, std::string_view awaited) {
  if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
  if (!call.expired()) return std::nullopt;
  return sdk::Error{.code = sdk::Errc::kDeadlineExceeded,
                    .message = "no time is left to wait for " + std::string(awaited)};
}

}  // namespace sluice::plugins::remote
