// SPDX-License-Identifier: MIT
#include "metadata.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t kMostKnown = 10'000, kMaxBody = 4UL * 1024 * 1024, kMaxName = 500;
constexpr auto kLife = std::chrono::hours(2);
constexpr auto kBriefLife = std::chrono::minutes(5);  // of what is not known, which may be a new title
constexpr auto kTimeout = 5s;

std::string Text(const Json& meta, const char* name) {
  const auto found = meta.find(name);
  auto text = found != meta.end() && found->is_string() ? found->get<std::string>() : std::string();
  return text.size() <= kMaxName ? text : std::string();
}

/// The year that "1999", "2008-2013" or "2008–" begins with.
int YearOf(std::string_view text) {
  int year = 0;
  const auto digits = text.substr(0, std::min<std::size_t>(text.size(), 4));
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), year);
  return fault == std::errc() && end == digits.data() + 4 && year >= 1880 ? year : 0;
}

}  // namespace

std::optional<Title> ReadTitle(std::string_view json) {
  const auto answer = Json::parse(json, nullptr, false);
  if (!answer.is_object() || !answer.contains("meta") || !answer["meta"].is_object()) return std::nullopt;
  const auto& meta = answer["meta"];
  Title title{.year = YearOf(Text(meta, "year"))};
  if (title.year == 0) title.year = YearOf(Text(meta, "releaseInfo"));
  for (const auto* const name : {"name", "originalName"}) {
    auto text = Text(meta, name);
    const bool known = std::find(title.names.begin(), title.names.end(), text) != title.names.end();
    if (!text.empty() && !known) title.names.push_back(std::move(text));
  }
  return title.names.empty() ? std::nullopt : std::optional(std::move(title));
}

Metadata::Metadata(sdk::Host host, std::string url)
    : host_(std::move(host)), url_(std::move(url)), known_(host_, "metadata", kMostKnown) {}

sdk::Result<std::optional<Title>> Metadata::Find(const sdk::Call& call, std::string_view type, std::string_view id) {
  if (url_.empty()) return std::optional<Title>();
  const auto key = std::string(type) + "/" + std::string(id);
  return known_.Find(call, key, [&]() -> sdk::Result<remote::TtlCache<std::optional<Title>>::Fresh> {
    auto title = Ask(call, type, id);
    if (!title) return std::move(title).error();
    const auto life = *title ? std::chrono::seconds(kLife) : std::chrono::seconds(kBriefLife);
    return remote::TtlCache<std::optional<Title>>::Fresh{*std::move(title), life};
  });
}

sdk::Result<std::optional<Title>> Metadata::Ask(const sdk::Call& call, std::string_view type,
                                                std::string_view id) const {
  const auto url = url_ + "/meta/" + std::string(type) + "/" + std::string(id) + ".json";
  const auto answer = host_.http().Send(call, {.url = url,
                                               .headers = {{"Accept", "application/json"}},
                                               .timeout = kTimeout,
                                               .max_redirects = 3,
                                               .max_body_bytes = kMaxBody});
  if (!answer) return answer.error();
  if (answer->status == 404) return std::optional<Title>();
  if (answer->status != 200) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message = "metadata: want 200, got " + std::to_string(answer->status),
                      .upstream_status = static_cast<std::uint32_t>(answer->status)};
  }
  return ReadTitle(answer->body);
}

}  // namespace sluice::plugins::stremio
