// SPDX-License-Identifier: MIT
#include "core/plugin/instance_sessions.hpp"

#include <utility>

#include "core/plugin/without_place.hpp"
#include "core/state/sessions.hpp"

namespace sluice::plugin {
namespace {

constexpr auto kAway = "the database is away";

}  // namespace

InstanceSessions::InstanceSessions(state::Sessions& sessions, std::string component,
                                   std::set<std::string, std::less<>> named)
    : sessions_(sessions), component_(std::move(component)), named_(std::move(named)) {}

sdk::Result<sdk::OpenedSession> InstanceSessions::Open(const sdk::Call& call, const sdk::Session& session) {
  auto own = session;
  own.owner = component_;
  return WithoutPlace(sessions_.Open(call, own), kAway);
}

sdk::Result<std::optional<sdk::Session>> InstanceSessions::Find(const sdk::Call& call, std::string_view token) {
  return WithoutPlace(sessions_.Find(call, token, [this](std::string_view owner) { return MaySee(owner); }), kAway);
}

sdk::Result<std::optional<sdk::Session>> InstanceSessions::Get(const sdk::Call& call, std::string_view id) {
  auto found = WithoutPlace(sessions_.Get(call, id), kAway);
  if (found && *found && !MaySee((**found).owner)) return std::optional<sdk::Session>();
  return found;
}

sdk::Status InstanceSessions::Change(const sdk::Call& call, std::string_view id, const sdk::SessionChange& change) {
  return WithoutPlace(sessions_.Change(call, component_, id, change), kAway);
}

sdk::Status InstanceSessions::Close(const sdk::Call& call, std::string_view id) {
  return WithoutPlace(sessions_.Close(call, component_, id), kAway);
}

sdk::Status InstanceSessions::List(const sdk::Call& call, std::string_view subject, std::uint32_t offset,
                                   std::uint32_t limit, sdk::SessionSink& sink) {
  return WithoutPlace(sessions_.List(call, component_, subject, offset, limit, sink), kAway);
}

}  // namespace sluice::plugin
