// SPDX-License-Identifier: MIT
#include "core/upstream/flights.hpp"

#include <prometheus/gauge.h>

#include <list>
#include <optional>

namespace sluice::upstream {

struct Flights::Ticket::Flight {
  const Ticket* asking = nullptr;  ///< Null: has left; the first of those who wait is to go on.
  std::list<const Ticket*> waiting;
  bool reading = false;
  bool alone = false;
  std::optional<Outcome> outcome;

  bool over() const { return alone || outcome; }
};

std::unique_ptr<Flights::Ticket> Flights::Board(const std::string& key) {
  std::unique_ptr<Ticket> ticket(new Ticket(*this, key));
  const std::lock_guard lock(mutex_);
  auto& flight = flights_[key];
  if (!flight) {
    flight = std::make_shared<Ticket::Flight>();
    flight->asking = ticket.get();
  } else {
    ticket->woken_ = net::Event::Make();
    if (!ticket->woken_) return nullptr;
    flight->waiting.push_back(ticket.get());
    waiting_.Increment();
  }
  ticket->flight_ = flight;
  return ticket;
}

Flights::Ticket::~Ticket() {
  if (!flight_) return;
  const std::lock_guard lock(of_.mutex_);
  auto& flight = *flight_;
  if (flight.waiting.remove(this) > 0) of_.waiting_.Decrement();
  if (flight.asking == this) {
    flight.asking = nullptr;
    flight.reading = false;
  }
  if (flight.over() || flight.asking != nullptr) return;
  if (flight.waiting.empty()) {
    of_.flights_.erase(key_);
  } else {
    flight.waiting.front()->woken_.Signal();
  }
}

Flights::Part Flights::Ticket::part() {
  const std::lock_guard lock(of_.mutex_);
  auto& flight = *flight_;
  if (flight.alone) return Part::kLeave;
  if (flight.outcome) return Part::kTake;
  if (flight.asking == nullptr) {
    flight.asking = this;
    flight.waiting.remove(this);
    of_.waiting_.Decrement();
  }
  if (flight.asking == this) return Part::kAsk;
  woken_.Clear();  // another has dealt with what woke it
  return Part::kWait;
}

bool Flights::Ticket::reading() const {
  const std::lock_guard lock(of_.mutex_);
  return flight_->reading;
}

Flights::Outcome Flights::Ticket::outcome() const {
  const std::lock_guard lock(of_.mutex_);
  return *flight_->outcome;
}

void Flights::Ticket::BeginReading() {
  const std::lock_guard lock(of_.mutex_);
  flight_->reading = true;
}

void Flights::Ticket::Land(Outcome outcome) {
  const std::lock_guard lock(of_.mutex_);
  flight_->outcome = std::move(outcome);
  End(*flight_);
}

void Flights::Ticket::LandAlone() {
  const std::lock_guard lock(of_.mutex_);
  flight_->alone = true;
  End(*flight_);
}

void Flights::Ticket::End(Flight& flight) {
  of_.flights_.erase(key_);
  for (const auto* const ticket : flight.waiting) ticket->woken_.Signal();
  of_.waiting_.Decrement(static_cast<double>(flight.waiting.size()));
  flight.waiting.clear();
}

}  // namespace sluice::upstream
