// SPDX-License-Identifier: MIT
// Any octets as the JSON of a configuration, as a segment of a path, as the path behind it and as the id in that. No
// fault; what is read is written and read again as the same.
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/endpoint/stremio/ids.hpp"
#include "plugins/endpoint/stremio/userdata_url.hpp"

namespace {

using namespace sluice::plugins::stremio;

void CheckSegment(const sluice::sdk::Result<std::string>& segment, const UserData& data,
                  sluice::sdk::SecretsService& secrets) {
  if (!segment) return;
  const auto read = ReadSegment(*segment, secrets, false);
  if (read ? read->data != data : segment->size() <= kMaxSegmentBytes) std::abort();
}

void CheckData(const UserData& data, sluice::sdk::SecretsService& secrets) {
  const auto json = WriteUserData(data);
  const auto again = ReadUserData(json);
  if (!again || *again != data || WriteUserData(*again) != json) std::abort();
  CheckSegment(sluice::sdk::Base64UrlEncode(json), data, secrets);
  CheckSegment(SealedSegment(data, secrets), data, secrets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sluice::sdk::testing::FakeHost host;
  auto& secrets = host.host().secrets();
  const std::string_view octets(reinterpret_cast<const char*>(data), size);

  if (const auto read = ReadUserData(octets)) CheckData(*read, secrets);
  if (const auto read = ReadSegment(octets, secrets, false); read && read->form != Form::kSaved)
    CheckData(read->data, secrets);
  if (const auto path = ReadResourcePath(octets); path && path->id.empty()) std::abort();
  if (const auto id = ReadVideoId(octets)) {
    const auto again = ReadVideoId(id->Text());
    if (!again || *again != *id) std::abort();
  }
  return 0;
}
