// SPDX-License-Identifier: MIT
// The rewriter over any octets: no fault, and what comes out has the lines that went in.
#include <sluice/sdk/testing/fake_host.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "plugins/manifest/hls/note.hpp"

namespace {

struct Minter final : sluice::sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sluice::sdk::LinkKind) override {
    if (!absolute_url.starts_with("https://") && !absolute_url.starts_with("http://")) std::abort();
    const auto bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '#'; };
    if (std::any_of(absolute_url.begin(), absolute_url.end(), bad)) std::abort();
    return "/link";
  }
  sluice::sdk::Result<std::string> Link(const sluice::sdk::LinkOrder& order) override {
    if (order.note.size() > sluice::sdk::kMaxNoteBytes || !sluice::plugins::hls::Note::Unpack(order.note)) std::abort();
    return Proxied(order.url, order.kind);
  }
};

/// Findings are of a line that there is, and can be shown to people.
struct Findings final : sluice::sdk::FindingSink {
  explicit Findings(std::string_view text)
      : lines(1 + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'))) {}
  bool Put(const sluice::sdk::ManifestFinding& finding) override {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const bool legible = std::none_of(finding.text.begin(), finding.text.end(), control);
    if (finding.line > lines || finding.text.empty() || finding.rule.empty() || !legible) std::abort();
    return true;
  }
  const std::uint64_t lines;
};

auto Lines(std::string_view text) { return std::count(text.begin(), text.end(), '\n'); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string text(reinterpret_cast<const char*>(data), size);
  sluice_call raw{};
  raw.deadline_ns = INT64_MAX;
  const sdk::Call call(raw);
  const auto note = size % 2 == 0 ? std::string() : plugins::hls::Note{.variables = {{"i", "//i.example/x"}}}.Pack();
  const sdk::Manifest manifest{.text = text,
                               .base_url = "https://h.example/a/b.m3u8?q=%22x%0A&v=1&_HLS_msn=2",
                               .content_type = {},
                               .note = note};
  static const sdk::testing::FakeHost host;
  const plugins::hls::HlsRewriter rewriter(host.host(), {.links = {.mode = static_cast<plugins::hls::Mode>(size % 4),
                                                                   .cdn_base = "https://cdn.example",
                                                                   .allow_insecure = size % 3 != 0},
                                                         .max_line = 4096});

  Minter links;
  if (rewriter.Accepts({.content_type = "text/plain", .url = "https://h.example/a", .first_bytes = text}) !=
      rewriter.Accepts({.content_type = {}, .url = "https://h.example/a", .first_bytes = text}))
    std::abort();
  const auto out = rewriter.Rewrite(call, manifest, links);
  if (out && Lines(out->text) != Lines(text)) std::abort();
  Findings findings(text);
  const bool checked = static_cast<bool>(rewriter.Check(call, manifest, findings));
  if (out && !checked) std::abort();
  return 0;
}
