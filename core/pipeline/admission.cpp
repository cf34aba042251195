// SPDX-License-Identifier: MIT
#include "core/pipeline/admission.hpp"

#include <algorithm>

namespace sluice::pipeline {

std::size_t Admission::ReserveOf(std::size_t workers) {
  return workers < 4 ? 0 : std::max<std::size_t>(workers / 16, 1);
}

void Admission::Open(std::size_t workers) {
  const std::lock_guard lock(mutex_);
  limit_ = workers - ReserveOf(workers);
}

bool Admission::Ticket::Enter(bool past_limit) {
  const std::lock_guard lock(of_.mutex_);
  if (state_ == State::kOutside && (past_limit || of_.inside_ < of_.limit_)) {
    ++of_.inside_;
    state_ = State::kInside;
  } else if (state_ == State::kOutside) {
    ready_ = net::Event::Make();
    if (was_inside_) {
      of_.queue_.push_front(this);
    } else {
      of_.queue_.push_back(this);
    }
    state_ = State::kQueued;
  }
  was_inside_ = was_inside_ || state_ == State::kInside;
  return state_ == State::kInside;
}

void Admission::Ticket::Leave() {
  const std::lock_guard lock(of_.mutex_);
  auto& queue = of_.queue_;
  if (state_ == State::kQueued) {
    queue.erase(std::find(queue.begin(), queue.end(), this));
  } else if (state_ == State::kInside && (queue.empty() || of_.inside_ > of_.limit_)) {
    --of_.inside_;
  } else if (state_ == State::kInside) {
    auto& next = *queue.front();  // it takes the place over
    queue.pop_front();
    next.state_ = State::kInside;
    next.ready_.Signal();
  }
  state_ = State::kOutside;
}

}  // namespace sluice::pipeline
