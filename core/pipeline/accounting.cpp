// SPDX-License-Identifier: MIT
#include "core/pipeline/accounting.hpp"

#include <Poco/String.h>

#include <algorithm>

#include "core/http/server.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::size_t kHashDigits = 40;
constexpr std::string_view kStreamServed = "stream-served";

struct Who {
  std::string backend, subject;
};

/// The request's principal, or whom an endpoint let in by itself. No subject: nobody.
Who WhoOf(const Exchange& exchange) {
  Who who{.backend = exchange.backend, .subject = exchange.principal ? exchange.principal->subject : std::string()};
  if (!exchange.source || !exchange.source->usage) return who;
  const auto& usage = *exchange.source->usage;
  if (!usage.backend.empty()) who.backend = usage.backend;
  if (!usage.subject.empty()) who.subject = usage.subject;
  return who;
}

}  // namespace

std::string HashOf(const Exchange& exchange) {
  for (const auto& capture : exchange.captures) {
    if (capture.name != "hash") continue;
    auto hash = Poco::toLower(capture.value);
    const bool is_hash = hash.size() == kHashDigits && hash.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_hash ? hash : std::string();
  }
  return {};
}

sdk::Error Revoked() { return {.code = sdk::Errc::kPermissionDenied, .message = "access was revoked"}; }

sdk::Error TooManyStreams(std::uint32_t limit, std::string_view whose) {
  auto message = "concurrency limit exceeded; want at most " + std::to_string(limit) + " streams at once";
  return {.code = sdk::Errc::kRateLimited, .message = message.append(whose), .retry_after = std::chrono::seconds(1)};
}

sdk::Status CountResponse(const StepContext& context, Exchange& exchange) {
  if (exchange.counted) return sdk::Ok();
  const auto who = WhoOf(exchange);
  if (who.subject.empty()) return sdk::Ok();
  const auto limit = exchange.fetching().config.fetch.max_concurrent_per_principal;
  exchange.counted = context.principals.Enter(exchange.pipeline.config.name, who.subject, limit);
  if (!exchange.counted) return TooManyStreams(limit, " for one principal");
  if (!exchange.snapshot->InterestsOf(who.backend).revocations) return sdk::Ok();
  exchange.counted->MakeCuttable(who.backend, exchange.viewer.Cutter());
  // Who is revoked from here on is cut; who was before is not served.
  return context.revocations.Has(who.backend, who.subject) ? sdk::Status(Revoked()) : sdk::Ok();
}

void RecordUsage(const StepContext& context, Exchange& exchange) {
  if (context.usage == nullptr || !exchange.counted) return;
  auto who = WhoOf(exchange);
  if (!exchange.snapshot->InterestsOf(who.backend).usage) return;
  auto usage = exchange.source->usage.value_or(sdk::Usage());
  usage.backend = std::move(who.backend);
  usage.subject = std::move(who.subject);
  const auto* const grants = exchange.principal ? &exchange.principal->grants : nullptr;
  if (usage.key_id.empty() && grants != nullptr && grants->size() == 1) usage.key_id = grants->front().key_id;
  if (usage.action.empty()) usage.action = kStreamServed;
  if (usage.hash.empty()) usage.hash = HashOf(exchange);
  const CallContext call(exchange.viewer, std::chrono::steady_clock::now() + exchange.fetching().config.deadline);
  exchange.counted->Account(context.usage->Begin(call.call(), usage));
}

}  // namespace sluice::pipeline
