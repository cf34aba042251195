// SPDX-License-Identifier: MIT
// Up to the first line end a query, then what a link leads to: as a steering manifest, as an asset list, as a note. No
// fault; what is rewritten can be rewritten again; where a request leads stays a URL of http.
#include <sluice/sdk/testing/fake_host.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "plugins/manifest/hls/note.hpp"
#include "plugins/manifest/hls/pathway.hpp"

namespace {

using sluice::plugins::hls::Note;

struct Minter final : sluice::sdk::LinkMinter {
  std::string Proxied(std::string_view absolute_url, sluice::sdk::LinkKind) override {
    if (!absolute_url.starts_with("https://")) std::abort();
    return "/link";
  }
  sluice::sdk::Result<std::string> Link(const sluice::sdk::LinkOrder& order) override {
    return Proxied(order.url, order.kind);
  }
};

void CheckNote(std::string_view octets) {
  const auto note = Note::Unpack(octets);
  if (!note) return;
  const auto packed = note->Pack();
  const auto again = Note::Unpack(packed);
  if (!packed.empty() && (!again || again->to != note->to || again->scope != note->scope)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  const auto query = input.substr(0, end);
  const auto text = input.substr(std::min(end + 1, input.size()));
  static const sdk::testing::FakeHost host;
  static const plugins::hls::HlsRewriter rewriter(host.host(), {});
  sluice_call raw{};
  raw.deadline_ns = INT64_MAX;
  const sdk::Call call(raw);
  Minter links;
  const Note of_master{.scope = "scope", .variables = {{"a", "b"}}};

  CheckNote(text);
  for (const auto to : {Note::To::kSteering, Note::To::kAssets}) {
    auto note = of_master;
    note.to = to;
    const auto packed = note.Pack();
    const auto out = rewriter.Rewrite(
        call, {.text = text, .base_url = "https://h.example/a/b", .content_type = {}, .note = packed}, links);
    if (out &&
        !rewriter.Rewrite(
            call, {.text = out->text, .base_url = "https://h.example/", .content_type = {}, .note = packed}, links))
      std::abort();
  }
  const auto carried = of_master.Pack();
  const auto sealed =
      plugins::hls::SealPathway("scope", {.host = "c.example", .params = {{"p", query}}}, host.host().secrets());
  for (const auto& asked : {query, std::string(plugins::hls::kPathwayParam) + "=" + *sealed + "&" + query}) {
    const auto led = rewriter.Follow(call, {.url = "https://h.example:8443/p?a=b&c#f",
                                            .query = asked,
                                            .kind = sdk::LinkKind::kManifest,
                                            .note = carried,
                                            .minted = true});
    if (led && !led->url.starts_with("https://h.example:8443/p?") && !led->url.starts_with("https://c.example:8443/p?"))
      std::abort();
  }
  return 0;
}
