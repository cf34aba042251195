// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Flights: requests under way that several wait for, while one of them asks the origin.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <sluice/sdk/result.hpp>
#include <string>

#include "core/net/event.hpp"

namespace prometheus {
class Gauge;
}

namespace sluice::upstream {

struct SmallResponse;

/// Threads: [any].
class Flights {
 public:
  using Outcome = sdk::Result<std::shared_ptr<const SmallResponse>>;

  /// What somebody on board is to do.
  enum class Part : std::uint8_t {
    kAsk,   ///< Ask the origin for all, and say how that ended.
    kWait,  ///< Wait until fd() can be read, or for its own reasons no longer.
    kTake,  ///< Take the outcome.
    kLeave  ///< Leave, and ask the origin for itself: the answer was for another one alone.
  };

  /// Of one who waits or asks. Whoever goes without having told how the asking ended leaves that to another.
  /// Threads: one at a time.
  class Ticket {
   public:
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    Part part();
    int fd() const { return woken_.fd(); }
    bool has_waited() const { return static_cast<bool>(woken_); }
    /// Whether the head of the response has come: no deadline counts any more.
    bool reading() const;
    /// \pre  kTake.
    Outcome outcome() const;

    // For the one who asks.
    void BeginReading();
    void Land(Outcome outcome);
    void LandAlone();

   private:
    friend class Flights;
    struct Flight;
    Ticket(Flights& of, std::string key) : of_(of), key_(std::move(key)) {}
    void End(Flight& flight);

    Flights& of_;
    const std::string key_;
    std::shared_ptr<Flight> flight_;
    net::Event woken_;  ///< None for the one who began.
  };

  /// \param waiting  counts those who wait; outlives this.
  explicit Flights(prometheus::Gauge& waiting) : waiting_(waiting) {}

  /// Joins the flight of that name, or begins it. \returns  null: there is one, and no descriptor to wait for it.
  std::unique_ptr<Ticket> Board(const std::string& key);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Ticket::Flight>> flights_;
  prometheus::Gauge& waiting_;
};

}  // namespace sluice::upstream
