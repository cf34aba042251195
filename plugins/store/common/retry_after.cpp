// SPDX-License-Identifier: MIT
#include "store/common/retry_after.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>

#include "common/remote/answers.hpp"
#include "store/common/times.hpp"

namespace sluice::plugins::store {

using std::chrono::milliseconds;

milliseconds RetryAfterOf(const sdk::HttpResponse& answer, const sdk::Host& host) {
  const auto text = sdk::TrimSpace(sdk::FieldValue(answer.headers, "Retry-After"));
  if (const auto seconds = remote::DeltaSeconds(text)) return *seconds;
  const auto date = ReadHttpDate(text);
  if (!date) return milliseconds(0);
  return std::max(std::chrono::ceil<milliseconds>(*date - host.clock().Now()), milliseconds(0));
}

}  // namespace sluice::plugins::store
