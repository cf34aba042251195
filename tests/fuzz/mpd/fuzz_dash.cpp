// SPDX-License-Identifier: MIT
// The rewriter over any octets: no fault, only links of absolute URLs, and what comes out is XML with the same Periods.
#include <sluice/sdk/testing/fake_links.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/manifest/common/xml_text.hpp"
#include "plugins/manifest/dash/dash_rewriter.hpp"
#include "plugins/manifest/dash/patch_pass.hpp"
#include "tests/fuzz/mpd/checking_minter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string text(reinterpret_cast<const char*>(data), size);
  sluice_call raw{};
  raw.deadline_ns = INT64_MAX;
  const sdk::Call call(raw);
  const plugins::dash::PatchNote note{.mpd_url = "https://h.example/a.mpd", .mpd_base = "https://c.example/"};
  const auto packed = note.Pack();
  sdk::testing::FakeReferences references;
  references.Hold("https://h.example/a/a", text);
  const plugins::dash::DashRewriter rewriter({.allow_insecure = size % 2 == 0, .proxy_licences = size % 3 == 0});

  fuzz::CheckingMinter links("/l&ink");  // what XML must escape
  rewriter.Accepts({.content_type = "text/xml", .url = "https://h.example/a", .first_bytes = text});
  const auto out = rewriter.Rewrite(call,
                                    {.text = text,
                                     .base_url = "https://h.example/a/b.mpd?q=$x",
                                     .content_type = {},
                                     .note = size % 5 == 0 ? std::string_view(packed) : std::string_view(),
                                     .references = &references},
                                    links);
  struct Findings final : sdk::FindingSink {
    bool Put(const sdk::ManifestFinding& finding) override {
      const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
      if (finding.line == 0 || std::any_of(finding.text.begin(), finding.text.end(), control)) std::abort();
      return true;
    }
  } findings;
  const bool checked = static_cast<bool>(rewriter.Check(call, {.text = text, .base_url = {}}, findings));
  if (!out) return 0;
  if (!checked) std::abort();
  const auto again = plugins::mpd::XmlText::Parse(out->text);
  if (!again || !(*again)->root()) std::abort();
  return 0;
}
