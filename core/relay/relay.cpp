// SPDX-License-Identifier: MIT
#include "core/relay/relay.hpp"

#include <atomic>
#include <vector>

#include "core/relay/lane.hpp"
#include "core/relay/resumer.hpp"

namespace sluice::relay {

std::string_view NameOf(Mode mode) {
  switch (mode) {
    case Mode::kSplice:
      return "splice";
    case Mode::kBuffered:
      return "buffered";
    case Mode::kTls:
      break;
  }
  return "tls";
}

std::string_view NameOf(End end) {
  switch (end) {
    case End::kComplete:
      return "complete";
    case End::kClientGone:
      return "client_gone";
    case End::kClientStalled:
      return "client_stalled";
    case End::kUpstreamBroke:
      return "upstream_broke";
    case End::kUpstreamStalled:
      return "upstream_stalled";
    case End::kStopped:
      break;
  }
  return "stopped";
}

class Relay::Impl {
 public:
  explicit Impl(Options options) {
    for (unsigned i = 0; i < std::max(options.threads, 1U); ++i)
      lanes_.push_back(std::make_unique<Lane>(resumer_, options.pipes));
  }
  ~Impl() { Stop(); }

  void Run(Job job) { lanes_[next_++ % lanes_.size()]->Add(std::move(job)); }

  void Stop() {
    for (auto& lane : lanes_) lane->Stop();
    resumer_.Stop();  // its answers find the lanes, which take no more
  }

 private:
  Resumer resumer_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<std::size_t> next_ = 0;
};

Relay::Relay(Options options) : impl_(std::make_unique<Impl>(options)) {}
Relay::~Relay() = default;

void Relay::Run(Job job) { impl_->Run(std::move(job)); }
void Relay::Stop() { impl_->Stop(); }

}  // namespace sluice::relay
