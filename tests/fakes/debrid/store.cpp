// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/store.hpp"

#include <algorithm>

namespace sluice::fakes::debrid {

Response FakeStore::Handle(const Request& request) {
  const bool of_link = cdn_.Serves(request);
  const auto endpoint = of_link ? std::string("cdn") : EndpointOf(request);
  world_.Log(endpoint.empty() ? "unknown" : endpoint);
  const auto fault = world_.Strike(endpoint);
  if (fault && fault->answer) {
    auto answer = *fault->answer;
    answer.latency = std::max(answer.latency, fault->latency);
    return answer;
  }
  auto answer = of_link ? cdn_.Answer(request) : Answer(request, endpoint);
  if (fault) {
    answer.latency = fault->latency;
    answer.trickle = fault->trickle;
    answer.drop_after = fault->drop_after;
  }
  return answer;
}

}  // namespace sluice::fakes::debrid
