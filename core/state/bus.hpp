// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Bus: tells all instances of the server that something has changed, so that they drop what they know of it.

#include <functional>
#include <memory>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::state {

/// Messages reach whoever listens at that moment, this instance included, and nobody else: none is kept.
/// Threads: [any], but for construction and destruction.
class Bus {
 public:
  /// \param message  any octets. Nothing: messages of the channel may have been missed, so drop what they would have
  ///                 been about; also once when the bus first has a connection. Until then, and while it has none,
  ///                 nothing is heard: do not keep for long what nobody may be able to call back.
  /// Threads: one call at a time for each subscription, on a thread of the bus or within Publish: hold no lock around
  /// Publish that a callback takes. Throws nothing.
  using Callback = std::function<void(std::optional<std::string_view> message)>;

  /// Ends when it is destroyed: a callback that runs is waited for, unless it is the one that does so.
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };

  virtual ~Bus() = default;
  /// \returns  kUpstreamFailed when the server that hands messages on is away: nobody may have got it.
  virtual sdk::Status Publish(std::string_view channel, std::string_view message) = 0;
  virtual std::unique_ptr<Subscription> Subscribe(std::string channel, Callback callback) = 0;
};

/// Within this process.
std::unique_ptr<Bus> MakeMemoryBus();

}  // namespace sluice::state
