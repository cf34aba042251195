// SPDX-License-Identifier: MIT
#include "tests/fakes/indexers/control.hpp"

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/types.hpp>
#include <sluice/sdk/url.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::fakes {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 8> kOffers{
    "hash", "magnet", "magnet_enclosure", "redirect", "torrent", "private_torrent", "html", "gone"};
constexpr std::array<std::string_view, 10> kFaults{"none",  "error",     "too_many", "server_error", "html",
                                                   "empty", "truncated", "bomb",     "wrong_type",   "held"};

/// \tparam Enum  its enumerators in the order of `names`.
template <typename Enum, std::size_t Size>
void Read(const Json& object, const char* member, const std::array<std::string_view, Size>& names, Enum& out) {
  if (!object.contains(member)) return;
  const auto text = object.at(member).get<std::string>();
  for (std::size_t i = 0; i < Size; ++i) {
    if (names[i] == text) {
      out = static_cast<Enum>(i);
      return;
    }
  }
  throw std::invalid_argument(std::string(member) + ": " + text);
}

template <typename T>
void Read(const Json& object, const char* member, T& out) {
  if (object.contains(member)) object.at(member).get_to(out);
}

FakeRelease ReleaseOf(const Json& object) {
  FakeRelease release;
  Read(object, "title", release.title);
  Read(object, "offer", kOffers, release.offer);
  Read(object, "imdb_id", release.imdb_id);
  Read(object, "season", release.season);
  Read(object, "episode", release.episode);
  Read(object, "category", release.category);
  return release;
}

FakeIndex IndexOf(const Json& object) {
  FakeIndex index;
  Read(object, "id", index.id);
  Read(object, "number", index.number);
  Read(object, "privacy", index.privacy);
  Read(object, "imdb_id", index.imdb_id);
  Read(object, "numbers", index.numbers);
  Read(object, "year", index.year);
  Read(object, "max", index.max);
  for (const auto& release : object.value("releases", Json::array())) index.releases.push_back(ReleaseOf(release));
  return index;
}

void Apply(FakeIndexers& indexers, const Json& order) {
  if (order.contains("add")) indexers.Add(IndexOf(order.at("add")));
  if (order.contains("release")) indexers.ReleaseHeld();
  if (!order.contains("change")) return;
  indexers.Change(order.at("change").get<std::string>(), [&](FakeIndex& index) {
    Read(order, "fault", kFaults, index.fault);
    Read(order, "caps_fault", kFaults, index.caps_fault);
    Read(order, "error_code", index.error_code);
  });
}

std::string TextOf(const sdk::HttpResponse& answer) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Fake\r\n";
  for (const auto& header : answer.headers) text += header.name + ": " + header.value + "\r\n";
  return text + "Content-Length: " + std::to_string(answer.body.size()) + "\r\nConnection: close\r\n\r\n" + answer.body;
}

/// \returns  without a URL: it is no request.
sdk::HttpRequest RequestOf(FaultyOrigin::Peer& peer) {
  const auto head = peer.ReadHead();
  std::string_view rest = head;
  auto line = sdk::TakeUpTo(rest, '\n');
  sdk::HttpRequest request{.method = std::string(sdk::TakeUpTo(line, ' '))};
  const auto target = std::string(sdk::TakeUpTo(line, ' '));
  while (!rest.empty()) {
    auto field = sdk::TrimSpace(sdk::TakeUpTo(rest, '\n'));
    const auto name = std::string(sdk::TakeUpTo(field, ':'));
    if (!name.empty()) request.headers.push_back({name, std::string(sdk::TrimSpace(field))});
  }
  const auto length = sdk::FieldValue(request.headers, "Content-Length");
  if (!length.empty()) request.body = peer.ReadBody(std::stoul(std::string(length)));
  if (!target.empty()) request.url = "http://" + std::string(sdk::FieldValue(request.headers, "Host")) + target;
  return request;
}

}  // namespace

sdk::HttpResponse Control(FakeIndexers& indexers, const sdk::HttpRequest& request) {
  const auto say = [](int status, std::string body) {
    return sdk::HttpResponse{
        .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
  };
  if (request.url.ends_with("/_control/log")) return say(200, Json(indexers.log()).dump());
  if (request.url.ends_with("/_control/violations")) return say(200, Json(indexers.violations()).dump());
  try {
    Apply(indexers, Json::parse(request.body));
  } catch (const std::exception& fault) {
    return say(400, Json{{"error", fault.what()}}.dump());
  }
  return say(200, "{}");
}

FaultyOrigin::Script ServeIndexers(FakeIndexers& indexers) {
  return [&indexers](FaultyOrigin::Peer& peer) {
    const auto request = RequestOf(peer);
    const auto url = sdk::ParseUrl(request.url);
    if (!url) return;
    peer.Send(TextOf(url->path.starts_with("/_control") ? Control(indexers, request) : indexers.Answer(request)));
  };
}

}  // namespace sluice::fakes
