// SPDX-License-Identifier: MIT
#include "store/common/whole_answer.hpp"

#include <cstddef>
#include <span>
#include <utility>

namespace sluice::plugins::store {
namespace {

class Collector final : public sdk::HttpSink {
 public:
  explicit Collector(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  sdk::Status Start(const sdk::HttpResponse& head) override {
    answer_ = head;
    return sdk::Ok();
  }
  sdk::Status Write(std::span<const std::byte> chunk) override {
    is_too_long_ = chunk.size() > max_bytes_ - answer_.body.size();
    if (is_too_long_) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the answer is too long"};
    answer_.body.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return sdk::Ok();
  }
  bool is_too_long() const { return is_too_long_; }
  sdk::HttpResponse Take() { return std::move(answer_); }

 private:
  const std::size_t max_bytes_;
  sdk::HttpResponse answer_;
  bool is_too_long_ = false;
};

}  // namespace

sdk::Result<std::optional<sdk::HttpResponse>> FetchWhole(const sdk::Host& host, const sdk::Call& call,
                                                         const sdk::HttpRequest& request) {
  Collector collector(request.max_body_bytes);
  auto fetched = host.http().Stream(call, request, collector);
  if (collector.is_too_long()) return std::optional<sdk::HttpResponse>();
  if (!fetched) return std::move(fetched).error();
  return std::optional(collector.Take());
}

}  // namespace sluice::plugins::store
