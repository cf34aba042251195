// SPDX-License-Identifier: MIT
#include <utility>

#include "core/state/bus.hpp"
#include "core/state/subscribers.hpp"

namespace sluice::state {
namespace {

class MemoryBus final : public Bus {
 public:
  sdk::Status Publish(std::string_view channel, std::string_view message) override {
    subscribers_->Deliver(channel, message);
    return sdk::Ok();
  }
  std::unique_ptr<Subscription> Subscribe(std::string channel, Callback callback) override {
    return subscribers_->Add(std::move(channel), std::move(callback));
  }

 private:
  const std::shared_ptr<Subscribers> subscribers_ = std::make_shared<Subscribers>();
};

}  // namespace

std::unique_ptr<Bus> MakeMemoryBus() { return std::make_unique<MemoryBus>(); }

}  // namespace sluice::state
