// SPDX-License-Identifier: MIT
// How fast an MPD of 2,000 segments is rewritten and converted, through the C tables and with the server's own links.
// Shapes: 0 a SegmentTimeline with one S for each segment, 1 with one S for all, 2 a SegmentList.
#include <benchmark/benchmark.h>
#include <sluice/sdk/testing/create.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/manifest/dash-to-hls/dash_to_hls.hpp"
#include "plugins/manifest/dash/dash_rewriter.hpp"
#include "tests/bench/real_minter.hpp"

namespace sluice::plugins {
namespace {

using bench::AnyCall;
using bench::RealMinter;

constexpr int kSegments = 2000;
constexpr std::string_view kUrl = "https://origin.example/show/42/index.mpd?token=x";

std::string Segments(std::int64_t shape) {
  std::string out;
  if (shape == 2) {
    out = "<SegmentList timescale=\"90000\" duration=\"180000\"><Initialization sourceURL=\"i.mp4\"/>";
    for (int i = 0; i < kSegments; ++i) out += "<SegmentURL media=\"seg-" + std::to_string(i) + ".m4s\"/>";
    return out + "</SegmentList>";
  }
  out =
      "<SegmentTemplate timescale=\"90000\" initialization=\"$RepresentationID$/i.mp4\" "
      "media=\"$RepresentationID$/$Time$.m4s\"><SegmentTimeline>";
  if (shape == 1) out += "<S t=\"0\" d=\"180000\" r=\"1999\"/>";
  for (int i = 0; shape == 0 && i < kSegments; ++i) out += "<S d=\"" + std::to_string(180000 + i % 3) + "\"/>\n";
  return out + "</SegmentTimeline></SegmentTemplate>";
}

std::string Text(std::int64_t shape) {
  const auto segments = Segments(shape);
  return "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
         "mediaPresentationDuration=\"PT4001S\"><Period>"
         "<AdaptationSet mimeType=\"video/mp4\" codecs=\"avc1.64001f\">" +
         segments +
         "<Representation id=\"v1\" bandwidth=\"1000\"/><Representation id=\"v2\" bandwidth=\"2000\"/></AdaptationSet>"
         "<AdaptationSet mimeType=\"audio/mp4\" codecs=\"mp4a.40.2\" lang=\"en\">" +
         segments + "<Representation id=\"a1\" bandwidth=\"64\"/></AdaptationSet></Period></MPD>";
}

template <typename Rewriter>
void Run(benchmark::State& state, std::string_view note) {
  const auto text = Text(state.range(0));
  const auto rewriter = sdk::testing::CreateThroughAbi<Rewriter>();
  RealMinter links;
  for (auto _ : state) {
    auto out =
        (*rewriter)->Rewrite(AnyCall(), {.text = text, .base_url = kUrl, .content_type = {}, .note = note}, links);
    if (!out) state.SkipWithError(out.error().message.c_str());
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void Rewrite(benchmark::State& state) { Run<dash::DashRewriter>(state, {}); }
void Multivariant(benchmark::State& state) { Run<dash_to_hls::DashToHls>(state, {}); }
void Media(benchmark::State& state) { Run<dash_to_hls::DashToHls>(state, "dash-to-hls:v,v2,2000,avc,,,,"); }
BENCHMARK(Rewrite)->ArgName("shape")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(Multivariant)->ArgName("shape")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(Media)->ArgName("shape")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sluice::plugins
