// SPDX-License-Identifier: MIT
#include "fetch_part.hpp"

#include <algorithm>
#include <utility>

namespace sluice::plugins::dash_to_hls {

sdk::Result<std::string> FetchPart(sdk::ReferenceFetcher* references, const std::string& url, mpd::ByteRange range,
                                   std::size_t max_bytes, sdk::LinkKind kind) {
  const auto fault = [](const std::string& message) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = message};
  };
  if (references == nullptr) return fault("the host fetches no parts of files");
  auto got = references->Fetch(
      {.url = url, .kind = kind, .offset = range.offset, .length = range.length, .max_bytes = max_bytes});
  if (!got) return std::move(got).error();
  if (got->status != 200 && got->status != 206) {
    auto error = fault("HTTP status " + std::to_string(got->status));
    error.upstream_status = static_cast<std::uint32_t>(got->status);
    return error;
  }
  auto octets = std::move(got->body);
  if (got->status == 200)  // the whole file: nobody looked at the range
    octets = octets.substr(std::min<std::uint64_t>(range.offset, octets.size()),
                           range.length == 0 ? std::string::npos : range.length);
  return octets;
}

}  // namespace sluice::plugins::dash_to_hls
