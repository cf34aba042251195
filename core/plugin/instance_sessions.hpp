// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// "sluice.sessions/1" of one instance: its own sessions, and those of components that its configuration names.

#include <set>
#include <sluice/sdk/services.hpp>
#include <string>

namespace sluice::state {
class Sessions;
}

namespace sluice::plugin {

/// Threads: [any].
class InstanceSessions final : public sdk::SessionsService {
 public:
  /// \param named  names of the components whose sessions it sees as well.
  InstanceSessions(state::Sessions& sessions, std::string component, std::set<std::string, std::less<>> named);

  sdk::Result<sdk::OpenedSession> Open(const sdk::Call& call, const sdk::Session& session) override;
  sdk::Result<std::optional<sdk::Session>> Find(const sdk::Call& call, std::string_view token) override;
  sdk::Result<std::optional<sdk::Session>> Get(const sdk::Call& call, std::string_view id) override;
  sdk::Status Change(const sdk::Call& call, std::string_view id, const sdk::SessionChange& change) override;
  sdk::Status Close(const sdk::Call& call, std::string_view id) override;
  sdk::Status List(const sdk::Call& call, std::string_view subject, std::uint32_t offset, std::uint32_t limit,
                   sdk::SessionSink& sink) override;

 private:
  bool MaySee(std::string_view owner) const { return owner == component_ || named_.contains(owner); }

  state::Sessions& sessions_;
  const std::string component_;
  const std::set<std::string, std::less<>> named_;
};

}  // namespace sluice::plugin
