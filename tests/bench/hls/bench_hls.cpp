// SPDX-License-Identifier: MIT
// How fast a playlist of 10,000 segments is rewritten. The rewriter's own cost and that of minting links are apart:
//
//   Rewriter   the rewriter alone; a link costs nothing, and is short
//   Tables     the same through the C tables of the boundary, as the server calls it
//   Minted     the same with the server's own links, which are encrypted
//   Mint       those links alone, without a playlist
#include <benchmark/benchmark.h>
#include <sluice/sdk/testing/create.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "tests/bench/real_minter.hpp"

namespace sluice::plugins::hls {
namespace {

using bench::AnyCall;
using bench::RealMinter;

constexpr int kSegments = 10000;
constexpr std::string_view kBase = "https://origin.example/show/42/index.m3u8?token=x";

struct FreeMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view, sdk::LinkKind) override { return "/l/0123456789"; }
};

std::string Repeat(std::string_view head, std::string_view before, std::string_view after) {
  std::string out(head);
  for (int i = 0; i < kSegments; ++i) out.append(before).append(std::to_string(10000 + i)).append(after);
  return out;
}

/// 0 short names; 1 CRLF, dates, "../"; 2 signed absolute URLs; 3 partial segments.
const std::string& Text(std::int64_t shape) {
  static const std::string kTexts[] = {
      Repeat("#EXTM3U\n", "#EXTINF:6.006,\nseg-", ".ts\n"),
      Repeat("#EXTM3U\n", "#EXTINF:6.006,\r\n#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.000Z\r\n../v/1080p/seg-",
             ".m4s\r\n"),
      Repeat("#EXTM3U\n", "#EXTINF:6.006,\nhttps://cdn.example.com/vod/1080p/segment-",
             ".ts?Expires=1735689600&Key-Pair-Id=APKAEIBAERJR2EXAMPLE&Signature=Hn3xk~0pQz-"
             "abcdefghijklmnopqrstuvwxyz0123456789"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ~-_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ__\n"),
      Repeat("#EXTM3U\n", "#EXT-X-PART:DURATION=0.33334,URI=\"part-", ".mp4\",INDEPENDENT=YES\n"),
  };
  return kTexts[shape];
}

void Rewrite(benchmark::State& state, const sdk::ManifestRewriter& rewriter, sdk::LinkMinter& links) {
  const auto& text = Text(state.range(0));
  for (auto _ : state) {
    auto out = rewriter.Rewrite(AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);
    if (!out) state.SkipWithError("refused");
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
  state.SetItemsProcessed(state.iterations() * kSegments);
}

void Rewriter(benchmark::State& state) {
  const sdk::testing::FakeHost host;
  FreeMinter links;
  Rewrite(state, HlsRewriter(host.host(), PassOptions{}), links);
}
BENCHMARK(Rewriter)->ArgName("shape")->DenseRange(0, 3);

template <typename Minter>
void ThroughTables(benchmark::State& state) {
  const auto rewriter = sdk::testing::CreateThroughAbi<HlsRewriter>();
  Minter links;
  Rewrite(state, **rewriter, links);
}
BENCHMARK(ThroughTables<FreeMinter>)->Name("Tables")->ArgName("shape")->DenseRange(0, 3);
BENCHMARK(ThroughTables<RealMinter>)->Name("Minted")->ArgName("shape")->DenseRange(0, 3);

void Mint(benchmark::State& state) {
  RealMinter links;
  for (auto _ : state) {
    for (int i = 0; i < kSegments; ++i) {
      auto link = links.Proxied("https://origin.example/show/42/seg-10000.ts", sdk::LinkKind::kSegment);
      benchmark::DoNotOptimize(link);
    }
  }
  state.SetItemsProcessed(state.iterations() * kSegments);
}
BENCHMARK(Mint);

}  // namespace
}  // namespace sluice::plugins::hls
