// SPDX-License-Identifier: MIT
#include "pool_client.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/remote/answers.hpp"
#include "common/remote/json.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr std::string_view kPrefix = "/api/v1/internal/pool/";
constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
constexpr std::size_t kMaxKeyBytes = 512;
constexpr std::size_t kMaxKeyIdBytes = 256;  // of a usage record's texts
constexpr std::size_t kMaxMessageBytes = 160;
constexpr std::size_t kTorboxKeyBytes = 36;
constexpr std::chrono::seconds kShortestLife = 5s;
constexpr std::chrono::seconds kLongestLife = 1h;
constexpr auto kFeedLife = 2min;  // then a feed is asked for anew: a connection that died in silence is noticed so

/// What viewers send may be no UTF-8, and JSON is.
std::string TextOf(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace

sdk::Result<Lease> PoolClient::GetKey(const sdk::Call& call, const KeyQuery& query) const {
  Json body{{"userId", query.user_id},
            {"deviceId", query.device_id},
            {"action", query.action.empty() ? "stream" : query.action},
            {"hash", query.hash}};
  if (options_.store != "torbox") body["store"] = options_.store;
  const auto answer = Post(call, "get-key", TextOf(body), {});
  if (!answer) return answer.error();
  if (answer->status != 200) return Unwanted("get-key", *answer);
  return ReadLease(query, *answer);
}

sdk::Result<Delivery> PoolClient::LogUsage(const sdk::Call& call, const sdk::UsageRecord& record) const {
  const Json body{{"userId", record.subject},
                  {"poolKeyId", record.key_id},
                  {"action", record.action.empty() ? "stream-served" : record.action},
                  {"hash", record.hash},
                  {"cached", record.cached},
                  {"bytes", record.bytes}};
  const auto answer = Post(call, "log-usage", TextOf(body), {{"Idempotency-Key", std::string(record.id)}});
  if (!answer) return answer.error();
  switch (answer->status) {
    case 200:
      return Delivery::kTaken;
    case 400:
    case 404:
    case 409:
    case 410:
    case 422:
      host_.Log(sdk::LogLevel::kError, "the pool will never take a usage record: it is lost",
                {{"record", record.id}, {"status", std::to_string(answer->status)}});
      return Delivery::kNeverWanted;
    default:
      return Unwanted("log-usage", *answer);
  }
}

sdk::HttpRequest PoolClient::EventsRequest(const std::string& last_event_id) const {
  sdk::HttpRequest request{.url = options_.url + std::string(kPrefix) + "events",
                           .headers = {Authorization(), {"Accept", "text/event-stream"}, {"Cache-Control", "no-cache"}},
                           .timeout = kFeedLife};
  if (!last_event_id.empty() && sdk::IsFieldValue(last_event_id)) {
    request.headers.push_back({"Last-Event-ID", last_event_id});
  }
  return request;
}

sdk::Result<sdk::HttpResponse> PoolClient::Post(const sdk::Call& call, std::string_view what, std::string body,
                                                std::vector<sdk::Header> headers) const {
  // Not all of the call's time: that the pool is away shall be said while there is somebody to hear it.
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(call.remaining());
  headers.insert(headers.end(),
                 {Authorization(), {"Content-Type", "application/json"}, {"Accept", "application/json"}});
  auto answer = host_.http().Send(
      call, {.method = "POST",
             .url = options_.url + std::string(kPrefix) + std::string(what),
             .headers = std::move(headers),
             .body = std::move(body),
             .timeout = std::clamp<std::chrono::milliseconds>(left - left / 10, 1ms, options_.timeout),
             .max_body_bytes = kMaxAnswerBytes});
  if (!answer) return Missing(call, what, answer.error());
  return answer;
}

sdk::Error PoolClient::Missing(const sdk::Call& call, std::string_view what, const sdk::Error& error) const {
  if (auto over = remote::OverBy(call, "the pool")) return *std::move(over);
  host_.Log(sdk::LogLevel::kWarning, "no answer of the pool", {{"request", what}, {"error", error.message}});
  return {.code = sdk::Errc::kUpstreamFailed, .message = "the pool cannot be reached"};
}

sdk::Error PoolClient::Unwanted(std::string_view what, const sdk::HttpResponse& answer) const {
  const auto status = std::to_string(answer.status);
  sdk::Error error{.code = sdk::Errc::kUpstreamFailed,
                   .message = "the pool: answered " + status + "; want 200",
                   .upstream_status = static_cast<std::uint32_t>(answer.status)};
  if (answer.status == 401 || answer.status == 403) {
    host_.Log(sdk::LogLevel::kError, "the pool does not take the API key", {{"request", what}, {"status", status}});
    return error;
  }
  host_.Log(sdk::LogLevel::kWarning, "the pool answered otherwise than wanted",
            {{"request", what}, {"status", status}});
  if (answer.status != 429) return error;
  error.code = sdk::Errc::kRateLimited;
  error.message = "the pool: too many requests";
  error.retry_after = remote::DeltaSeconds(sdk::FieldValue(answer.headers, "Retry-After")).value_or(0s);
  return error;
}

sdk::Result<Lease> PoolClient::ReadLease(const KeyQuery& query, const sdk::HttpResponse& answer) const {
  const auto document = Json::parse(answer.body, nullptr, false);
  if (!document.is_object()) return Nonsense("get-key", "a JSON object");
  const auto allowed = document.find("allowed");
  if (allowed == document.end() || !allowed->is_boolean()) return Nonsense("/allowed", "true or false");
  if (!allowed->get<bool>()) {
    const auto* message = remote::TextMember(document, "message");
    return Refusal(query, message != nullptr ? *message : std::string_view());
  }
  const auto* key = remote::TextMember(document, "poolKey");
  if (options_.store == "torbox") {
    if (key == nullptr || key->size() != kTorboxKeyBytes) return Nonsense("/poolKey", "36 characters");
  } else if (key == nullptr || key->empty() || key->size() > kMaxKeyBytes) {
    return Nonsense("/poolKey", "1 to 512 characters");
  }
  if (!IsVisible(*key)) return Nonsense("/poolKey", "visible ASCII characters");
  const auto* id = remote::TextMember(document, "poolKeyId");
  if (id == nullptr || id->empty() || id->size() > kMaxKeyIdBytes || !IsVisible(*id)) {
    return Nonsense("/poolKeyId", "1 to 256 visible ASCII characters");
  }
  // It shows in usage records.
  if (id->find(*key) != std::string::npos) return Nonsense("/poolKeyId", "a name that does not show the key");
  return Lease{
      .key = *key, .key_id = *id, .life = remote::FreshFor(answer, kShortestLife, kLongestLife).value_or(options_.ttl)};
}

sdk::Error PoolClient::Refusal(const KeyQuery& query, std::string_view message) const {
  sdk::Error error{.code = sdk::Errc::kPermissionDenied, .message = "the pool refuses this viewer"};
  if (sdk::LowerCase(message).find(query.user_id) != std::string::npos) return error;
  if (!options_.key.empty() && message.find(options_.key) != std::string::npos) return error;
  const auto shown = sdk::TrimSpace(message.substr(0, kMaxMessageBytes));
  if (shown.empty()) return error;
  error.message = "the pool refuses: ";
  for (const char c : shown) error.message += c >= ' ' && c <= '~' ? c : '?';
  return error;
}

sdk::Error PoolClient::Nonsense(const char* what, const char* wanted) const {
  host_.Log(sdk::LogLevel::kWarning, "the pool's answer cannot be used", {{"what", what}, {"want", wanted}});
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = std::string("the pool's answer: ") + what + ": want " + wanted};
}

}  // namespace sluice::plugins::chillstreams
