// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PlaylistPass: one way through a playlist, from its first octet to its last, replacing URIs.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attributes.hpp"
#include "tags.hpp"
#include "variables.hpp"

namespace sluice::plugins::hls {

/// Which links go through the gateway. The others become absolute URLs of the upstream.
enum class Mode {
  kProxy,      ///< All.
  kPlaylists,  ///< Playlists.
  kKeys,       ///< Playlists and keys.
};

struct PassOptions {
  Mode mode = Mode::kProxy;
  std::size_t max_line = 1024 * 1024;
  /// A hostile playlist can multiply itself by variables or by one-letter URIs below a long base.
  std::size_t max_output = 64 * 1024 * 1024;
};

/// Used once. Threads: one.
class PlaylistPass {
 public:
  PlaylistPass(const sdk::Call& call, const sdk::Manifest& manifest, sdk::LinkMinter& links,
               const PassOptions& options);

  /// \param body  where the first line begins; what stands before (a byte order mark) is copied.
  sdk::Result<std::string> Run(std::size_t body);

 private:
  /// A QUERYPARAM whose value the viewer does not need unless something but a URI refers to it.
  struct HeldBack {
    std::size_t offset;  ///< In `out_`, between the quotes of VALUE.
    std::string name;
    std::string value;
    bool used = false;
  };

  bool Block(std::string_view block);
  bool Line(std::string_view line);
  bool Tag(std::string_view line);
  bool TagLinks(const TagRule* rule, const TagRule* end, std::string_view list);
  bool UriLine(std::string_view line);
  bool Define(std::string_view list);
  bool DefineQueryParam(const Attribute& attribute);
  bool Link(std::string_view uri, sdk::LinkKind kind, const Attribute* attribute = nullptr);
  bool Reference(std::string_view uri, std::string_view& reference);
  bool Fetchable(std::string_view reference) const;
  bool Through(sdk::LinkKind kind) const;
  void Replace(std::string_view old, std::string_view text, std::string_view tail = {});
  void ShowHeldBack();
  bool Wanted();
  bool Fail(sdk::Errc code, std::string message);
  bool FailVariables();
  bool FailLine(const std::string& message);

  const sdk::Call& call_;
  const sdk::Manifest& manifest_;
  sdk::LinkMinter& links_;
  const PassOptions& options_;
  const sdk::ReferenceResolver resolver_;
  const bool local_;   ///< The playlist is a file.
  const bool has_cr_;  ///< Somewhere in the text, as the next two: most playlists need no look for them in each line.
  const bool has_pipe_;
  const bool has_variables_;

  std::string out_;
  const char* copied_;  ///< Up to here the text is in `out_`.
  std::size_t line_ = 0;
  std::size_t link_count_ = 0;
  std::size_t expanded_bytes_ = 0;
  std::optional<sdk::LinkKind> next_uri_;  ///< What the tag before it says of the next URI line.
  bool multivariant_ = false;
  Variables variables_;
  std::vector<HeldBack> held_back_;
  std::string url_;       ///< Reused for every link.
  std::string expanded_;  ///< Reused for every URI with variables.
  std::optional<sdk::Error> fault_;
};

}  // namespace sluice::plugins::hls
