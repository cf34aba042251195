// SPDX-License-Identifier: MIT
// The converter over any octets: no fault, and what comes out are lines of playlists, whatever names the MPD has.
#include <sluice/sdk/testing/fake_host.hpp>
#include <sluice/sdk/testing/fake_links.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/manifest/dash-to-hls/dash_to_hls.hpp"
#include "tests/fuzz/mpd/checking_minter.hpp"

namespace {

/// Every line is a tag that HLS has, or a link of ours.
void CheckLines(std::string_view playlist) {
  if (!playlist.starts_with("#EXTM3U\n") || !playlist.ends_with('\n')) std::abort();
  while (!playlist.empty()) {
    const auto line = playlist.substr(0, playlist.find('\n'));
    playlist.remove_prefix(line.size() + 1);
    const bool tag = line.starts_with("#EXT");
    if (!tag && !line.starts_with("/link") && line != "data:,") std::abort();
    if (std::count(line.begin(), line.end(), '"') % 2 != 0) std::abort();
    if (std::any_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string text(reinterpret_cast<const char*>(data), size);
  sluice_call raw{};
  raw.deadline_ns = INT64_MAX;
  const sdk::Call call(raw);
  sdk::testing::FakeHost host;
  sdk::testing::FakeReferences references;
  references.Hold("https://h.example/a/a", text);
  const plugins::dash_to_hls::DashToHls converter(host.host(), {.decrypted = size % 2 == 0, .allow_insecure = true});

  fuzz::CheckingMinter links("/link");
  const auto convert = [&](std::string_view note) {
    const auto out = converter.Rewrite(call,
                                       {.text = text,
                                        .base_url = "https://h.example/a/b.mpd?q=$x",
                                        .content_type = {},
                                        .note = note,
                                        .references = &references},
                                       links);
    if (out) CheckLines(out->text);
  };
  convert({});
  const auto notes = links.notes();
  for (const auto& note : notes) {
    convert(note);
    convert(note);  // a reload
  }
  return 0;
}
