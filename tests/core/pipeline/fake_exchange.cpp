// SPDX-License-Identifier: MIT
#include "tests/core/pipeline/fake_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <sluice/sdk/url.hpp>

#include "core/http/error_reply.hpp"
#include "core/http/response_head.hpp"

namespace sluice::pipeline::testing {
namespace {

sdk::Error Fault(sdk::Errc code, std::string message) { return {.code = code, .message = std::move(message)}; }

}  // namespace

FakeExchange::FakeExchange(Asked asked) : asked_(std::move(asked)) {
  const std::string_view target = asked_.target;
  const auto mark = std::min(target.find('?'), target.size());
  path_ = target.substr(0, mark);
  query_ = target.substr(std::min(target.size(), mark + 1));
}

sdk::Result<std::size_t> FakeExchange::ReadBody(std::span<std::byte> buffer) {
  const auto size = std::min(buffer.size(), asked_.body.size() - read_);
  std::memcpy(buffer.data(), asked_.body.data() + read_, size);
  read_ += size;
  return size;
}

sdk::Result<std::string> FakeExchange::ReadBody(std::size_t max_bytes) {
  auto rest = asked_.body.substr(read_);
  read_ = asked_.body.size();
  if (rest.size() <= max_bytes) return rest;
  return Fault(http::kBodyTooLarge, "request body: want at most " + std::to_string(max_bytes) + " bytes");
}

sdk::Status FakeExchange::Start(const http::ReplyHead& head) {
  if (started()) return Fault(sdk::Errc::kInternal, "response has started already");
  if (gone_) return Fault(sdk::Errc::kCancelled, "client: connection closed");
  const auto announced = http::AnnouncedLength(head.fields);
  if (!announced) return announced.error();
  const auto length = head.length ? head.length : *announced;
  status_ = head.status;
  for (const auto& field : head.fields) {
    if (!sdk::EqualsIgnoreCase(field.name, "Content-Length")) fields_.push_back(field);
  }
  if (length) {
    announced_ = static_cast<std::size_t>(*length);
    fields_.push_back({"Content-Length", std::to_string(*length)});
  }
  head_sent_at_ = std::chrono::steady_clock::now();
  return sdk::Ok();
}

sdk::Status FakeExchange::Write(std::span<const std::byte> chunk) {
  if (!started() || finished_) return Fault(sdk::Errc::kInternal, "response body outside of a response");
  if (gone_) return Fault(sdk::Errc::kCancelled, "client: connection closed");
  if (asked_.method == "HEAD" || status_ == 204 || status_ == 304) return sdk::Ok();
  if (chunk.size() > announced_ - std::min(announced_, body_.size())) {
    return Fault(sdk::Errc::kInternal, "response body is longer than its Content-Length");
  }
  body_.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  if (body_.size() >= leave_after_) gone_ = true;
  return sdk::Ok();
}

sdk::Status FakeExchange::Finish() {
  if (!started() || finished_) return Fault(sdk::Errc::kInternal, "response finished twice, or never started");
  const bool no_body = asked_.method == "HEAD" || status_ == 204 || status_ == 304;
  if (!no_body && Has("Content-Length") && body_.size() < announced_) {
    return Fault(sdk::Errc::kInternal, "response body is shorter than its Content-Length");
  }
  finished_ = true;
  return sdk::Ok();
}

sdk::Status FakeExchange::Reply(const http::ReplyHead& head, std::string_view body) {
  if (auto started = Start({.status = head.status, .fields = head.fields, .length = body.size()}); !started) {
    return started;
  }
  if (auto written = Write(sdk::AsBytes(body)); !written) return written;
  return Finish();
}

void FakeExchange::LeaveAfter(std::size_t bytes) {
  leave_after_ = bytes;
  gone_ = bytes == 0;
}

std::string FakeExchange::Header(std::string_view name) const {
  std::string joined;
  for (const auto& field : fields_) {
    if (sdk::EqualsIgnoreCase(field.name, name)) joined += (joined.empty() ? "" : ", ") + field.value;
  }
  return joined;
}

bool FakeExchange::Has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const sdk::Header& field) { return sdk::EqualsIgnoreCase(field.name, name); });
}

}  // namespace sluice::pipeline::testing
