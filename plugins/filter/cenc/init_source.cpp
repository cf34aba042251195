// SPDX-License-Identifier: MIT
#include "init_source.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "box.hpp"
#include "media_body.hpp"

namespace sluice::plugins::cenc {
sdk::Result<std::vector<std::byte>> FetchPart(sdk::ReferenceFetcher& references, const sdk::InitNote& place) {
  const auto wanted = place.offset + place.length;
  const auto response = references.Fetch({.url = place.url,
                                          .kind = sdk::LinkKind::kInit,
                                          .offset = place.offset,
                                          .length = place.length,
                                          .max_bytes = static_cast<std::size_t>(MediaBody::kMaxMoovBytes)});
  if (!response) return response.error();
  if (response->status != 200 && response->status != 206) {
    return sdk::Error{
        .code = sdk::Errc::kUpstreamFailed,
        .message = "media: a part of the file was answered with status " + std::to_string(response->status),
        .upstream_status = static_cast<std::uint32_t>(response->status)};
  }
  Octets octets = sdk::AsBytes(response->body);
  if (response->status == 200) octets = octets.subspan(std::min<std::size_t>(place.offset, octets.size()));
  if (place.length != 0 && wanted >= place.offset) {
    octets = octets.first(std::min<std::size_t>(place.length, octets.size()));
  }
  return std::vector<std::byte>(octets.begin(), octets.end());
}

std::string NameOf(const sdk::InitNote& place) {
  return std::to_string(place.offset) + "+" + std::to_string(place.length) + " " + place.url;
}

sdk::Result<std::shared_ptr<const Init>> FetchInit(sdk::ReferenceFetcher& references, const sdk::InitNote& place) {
  auto octets = FetchPart(references, place);
  if (!octets) return std::move(octets).error();
  const auto moov = FindBox(*octets, FourCc("moov"), "the init section");
  if (!moov) return moov.error();
  if (!*moov) return BadMedia("the init section has no moov");
  auto init = OpenInit((*moov)->whole);
  if (!init) return std::move(init).error();
  return std::make_shared<const Init>(std::move(*init));
}

}  // namespace sluice::plugins::cenc
