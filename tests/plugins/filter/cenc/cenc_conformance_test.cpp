// SPDX-License-Identifier: MIT
#include <sluice/sdk/testing/conformance_filter.hpp>

#include "support.hpp"

namespace sluice::testing::cenc {
namespace {

struct EncryptedFile : sdk::testing::FilterFixture {
  EncryptedFile() {
    config = sdk::testing::TestConfig(std::string_view(AllKeys()));
    response_headers = {{"Content-Type", "video/mp4"}};
    body = media::Encrypt(media::MakeClip(), {.scheme = "cbcs", .crypt = 1, .skip = 9, .iv_bytes = 0, .keys = Keys()});
    for (const auto& [kid, key] : Keys()) secrets.push_back(HexEncode(key));
  }
};
SLUICE_FILTER_CONFORMANCE(plugins::cenc::Cenc, EncryptedFile);

struct Playlist : sdk::testing::FilterFixture {};
SLUICE_FILTER_CONFORMANCE(plugins::cenc::Cenc, Playlist);

}  // namespace
}  // namespace sluice::testing::cenc
