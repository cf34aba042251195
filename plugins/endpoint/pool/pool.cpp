// SPDX-License-Identifier: MIT
#include "pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::plugins::pool {

Pool::Pool(sdk::Host host, Settings settings)
    : host_(std::move(host)),
      settings_(std::move(settings)),
      grants_(host_, settings_),
      usage_(host_, settings_),
      health_(host_, settings_),
      internal_api_(host_, settings_, grants_, usage_, health_),
      users_api_(host_, settings_),
      keys_api_(host_, health_),
      usage_api_(usage_),
      personal_(host_, settings_) {
  const auto add = [this](std::vector<Served> more) {
    served_.insert(served_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  add(internal_api_.Routes());
  add(users_api_.Routes());
  add(keys_api_.Routes());
  add(usage_api_.Routes());
  add(personal_.Routes());
}

sdk::Result<std::unique_ptr<Pool>> Pool::Create(sdk::Host host, const sdk::Config& config) {
  auto settings = ReadSettings(config);
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<Pool>(new Pool(std::move(host), *std::move(settings)));
}

std::vector<sdk::Route> Pool::Routes() const {
  std::vector<sdk::Route> routes;
  for (const auto& served : served_) routes.push_back(served.route);
  return routes;
}

sdk::Result<std::optional<sdk::Source>> Pool::Handle(const sdk::Call& call, std::size_t route,
                                                     const sdk::RequestHead& head, std::span<const std::byte> body,
                                                     sdk::ResponseWriter& response) {
  if (route >= served_.size()) return NotFound("no such route");
  // All that a path names is made of visible characters, and a NUL would end a text of PostgreSQL's.
  const auto visible = [](char c) { return c > ' ' && c <= '~'; };
  for (const auto& param : head.params) {
    if (!std::all_of(param.value.begin(), param.value.end(), visible)) return NotFound("no such path");
  }
  const Request request{.call = call,
                        .head = head,
                        .body = {reinterpret_cast<const char*>(body.data()), body.size()},
                        .response = response};
  if (auto done = served_[route].answer(request); !done) return std::move(done).error();
  return std::optional<sdk::Source>{};
}

}  // namespace sluice::plugins::pool
