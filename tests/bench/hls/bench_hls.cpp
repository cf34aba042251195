// SPDX-License-Identifier: MIT
// How fast a playlist is rewritten when minting links costs next to nothing.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/manifest/hls/hls_rewriter.hpp"

namespace sluice::plugins::hls {
namespace {

constexpr int kSegments = 10000;

struct ShortMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view, sdk::LinkKind) override { return "/l/0123456789"; }
};
/// What a link really looks like: as long as its target and more.
struct LongMinter final : sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sdk::LinkKind) override {
    return std::string(absolute_url.size() + 60, 'x');
  }
};

std::string Repeat(std::string_view head, std::string_view before, std::string_view after) {
  std::string out(head);
  for (int i = 0; i < kSegments; ++i) out.append(before).append(std::to_string(10000 + i)).append(after);
  return out;
}

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

template <typename Minter>
void Rewrite(benchmark::State& state) {
  const auto& text = Text(state.range(0));
  const HlsRewriter rewriter{PassOptions{}};
  sluice_call raw{};
  raw.deadline_ns = INT64_MAX;
  const sdk::Call call(raw);
  Minter links;
  for (auto _ : state) {
    auto out = rewriter.Rewrite(
        call, {.text = text, .base_url = "https://origin.example/show/42/index.m3u8?token=x", .content_type = {}},
        links);
    if (!out) state.SkipWithError("refused");
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
  state.SetItemsProcessed(state.iterations() * kSegments);
}
/// Shapes: 0 short names; 1 CRLF, dates, "../"; 2 signed absolute URLs; 3 partial segments.
BENCHMARK(Rewrite<ShortMinter>)->ArgName("shape")->DenseRange(0, 3);
BENCHMARK(Rewrite<LongMinter>)->ArgName("shape")->DenseRange(0, 3);

}  // namespace
}  // namespace sluice::plugins::hls
