// SPDX-License-Identifier: MIT
#include "tests/fakes/debrid/control.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::fakes::debrid {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

Response Said(int status, const Json& body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = body.dump()};
}

Content ReadContent(const Json& json) {
  const auto kind = json.value("kind", "torrent");
  Content content{.kind = kind == "usenet" ? Kind::kUsenet
                          : kind == "web"  ? Kind::kWeb
                                           : Kind::kTorrent,
                  .hash = json.at("hash"),
                  .name = json.value("name", "content"),
                  .cached = json.value("cached", true)};
  for (const auto& file : json.at("files")) content.files.push_back({.name = file.at("name"), .size = file.at("size")});
  for (const auto& step : json.value("timeline", Json::array())) {
    content.timeline.push_back({.after = seconds(step.value("after", 0)),
                                .state = step.at("state"),
                                .progress = step.value("progress", 0.0),
                                .finished = step.value("finished", false),
                                .present = step.value("present", false)});
  }
  return content;
}

/// \returns  false: there is no fault of that name.
bool Break(World& world, const Json& json) {
  const auto name = json.value("name", "");
  const auto endpoint = json.value("endpoint", "");
  auto fault = name.empty() ? Fault{.endpoint = endpoint} : FaultByName(name, endpoint);
  if (!fault) return false;
  fault->times = json.value("times", 1);
  fault->latency = milliseconds(json.value("latency_ms", 0));
  fault->trickle = milliseconds(json.value("trickle_ms", 0));
  fault->drop_after = json.value("drop_after", std::size_t{0});
  world.Break(*std::move(fault));
  return true;
}

bool Do(FakeStore& store, const std::string& what, const Json& value) {
  auto& world = store.world();
  if (what == "account") {
    world.AddAccount({.key = value.at("key"),
                      .id = value.value("id", std::uint64_t{1}),
                      .plan = value.value("plan", 2),
                      .email = value.value("email", "viewer@example.org")});
  } else if (what == "content") {
    world.AddContent(ReadContent(value));
  } else if (what == "fault") {
    return Break(world, value);
  } else if (what == "advance") {
    world.Advance(seconds(value.get<std::int64_t>()));
  } else if (what == "link_life") {
    store.cdn().SetLife(seconds(value.get<std::int64_t>()));
  } else if (what == "bind_links") {
    store.BindLinks(value.get<bool>());
  } else {
    return false;
  }
  return true;
}

}  // namespace

Response Control(FakeStore& store, const Request& request) {
  auto& world = store.world();
  if (request.method == "GET") {
    return Said(200, {{"counts", world.counts()}, {"violations", world.violations()}, {"crossed", world.crossed()}});
  }
  try {
    const auto wanted = Json::parse(request.body);
    for (const auto& [what, value] : wanted.items()) {
      if (!Do(store, what, value)) return Said(400, {{"error", what}});
    }
  } catch (const Json::exception& fault) {
    return Said(400, {{"error", fault.what()}});
  }
  return Said(200, Json::object());
}

}  // namespace sluice::fakes::debrid
