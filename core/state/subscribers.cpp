// SPDX-License-Identifier: MIT
#include "core/state/subscribers.hpp"

#include <utility>

namespace sluice::state {

struct Subscribers::Entry {
  std::string channel;
  Bus::Callback callback;
  std::recursive_mutex running;  // a callback may end its own subscription
  bool ended = false;

  void Tell(std::optional<std::string_view> message) {
    const std::lock_guard lock(running);
    if (!ended) callback(message);
  }
};

class Subscribers::Handle final : public Bus::Subscription {
 public:
  Handle(std::shared_ptr<Subscribers> all, std::uint64_t id, std::shared_ptr<Entry> entry)
      : all_(std::move(all)), id_(id), entry_(std::move(entry)) {}
  ~Handle() override {
    {
      const std::lock_guard lock(all_->mutex_);
      all_->entries_.erase(id_);
    }
    const std::lock_guard lock(entry_->running);
    entry_->ended = true;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

 private:
  const std::shared_ptr<Subscribers> all_;
  const std::uint64_t id_;
  const std::shared_ptr<Entry> entry_;
};

std::unique_ptr<Bus::Subscription> Subscribers::Add(std::string channel, Bus::Callback callback) {
  auto entry = std::make_shared<Entry>();
  entry->channel = std::move(channel);
  entry->callback = std::move(callback);
  const std::lock_guard lock(mutex_);
  const auto id = next_++;
  entries_.emplace(id, entry);
  return std::make_unique<Handle>(shared_from_this(), id, std::move(entry));
}

void Subscribers::Deliver(std::string_view channel, std::string_view message) {
  for (const auto& entry : Of(channel)) entry->Tell(message);
}

void Subscribers::DeliverMissed() {
  for (const auto& entry : Of(std::nullopt)) entry->Tell(std::nullopt);
}

std::vector<std::shared_ptr<Subscribers::Entry>> Subscribers::Of(std::optional<std::string_view> channel) {
  std::vector<std::shared_ptr<Entry>> found;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : entries_) {
    if (!channel || entry->channel == *channel) found.push_back(entry);
  }
  return found;
}

}  // namespace sluice::state
