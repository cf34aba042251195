// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the converter share: one call of it through the C tables, as the server makes it.

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/fake_links.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/manifest/dash-to-hls/dash_to_hls.hpp"
#include "tests/plugins/manifest/common/readable_template_minter.hpp"

namespace sluice::plugins::dash_to_hls {

inline constexpr std::string_view kUrl = "https://origin.example/show/index.mpd";

using Converted = sdk::Result<sdk::RewrittenManifest>;

/// One converter, and the world that it asks. Threads: one.
class Converter {
 public:
  explicit Converter(sdk::testing::TestConfig config = {})
      : made_(sdk::testing::CreateThroughAbi<DashToHls>(std::move(config), host)) {
    EXPECT_TRUE(made_) << made_.error().message;
  }

  Converted Convert(std::string_view text, std::string_view note = {}) {
    return (*made_)->Rewrite(
        sdk::testing::AnyCall(),
        {.text = text, .base_url = url, .content_type = {}, .note = note, .references = &references}, links);
  }
  std::string Text(std::string_view text, std::string_view note = {}) {
    const auto out = Convert(text, note);
    return out ? out->text : "error: " + out.error().message + "\n";
  }
  /// The first media playlist of `type`: "v", "a", "s" or "i".
  std::string Media(std::string_view text, char type = 'v') {
    for (const auto& note : NotesIn(Text(text)))
      if (note.starts_with("dash-to-hls:" + std::string(1, type))) return Text(text, note);
    return "no such rendition";
  }

  /// Of links to playlists, each once, in order.
  static std::vector<std::string> NotesIn(std::string_view playlist) {
    std::vector<std::string> notes;
    for (auto at = playlist.find(";n="); at != std::string_view::npos; at = playlist.find(";n=", at + 1)) {
      const auto end = std::min(playlist.find_first_of("\"\n", at), playlist.size());
      auto note = *sdk::PercentDecode(playlist.substr(at + 3, end - at - 3));
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
    }
    return notes;
  }

  sdk::testing::FakeHost host;
  sdk::testing::FakeReferences references;
  mpd::ReadableTemplateMinter links;
  std::string url{kUrl};  ///< Where MPDs are finally retrieved from.

 private:
  sdk::Result<sdk::testing::ThroughAbi<sdk::ManifestRewriter>> made_;
};

/// An MPD of 10 seconds around what it holds.
inline std::string Static(std::string_view periods) {
  return "<MPD type=\"static\" mediaPresentationDuration=\"PT10S\">" + std::string(periods) + "</MPD>";
}

inline std::size_t Count(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace sluice::plugins::dash_to_hls
