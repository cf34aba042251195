// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PlaylistPass: one way through a playlist, from its first octet to its last, replacing URIs.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/services.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attributes.hpp"
#include "definitions.hpp"
#include "linker.hpp"
#include "note.hpp"
#include "tags.hpp"

namespace sluice::plugins::hls {

struct PassOptions {
  LinkOptions links{};
  std::size_t max_line = 1024 * 1024;
  /// A hostile playlist can multiply itself by variables or by one-letter URIs below a long base.
  std::size_t max_output = 64 * 1024 * 1024;
  /// A filter decrypts what the links lead to. Segments' links say which init section is theirs, and keys of what is
  /// decrypted are left out: players would look for a licence.
  bool decrypted = false;
};

/// Used once. Threads: one.
class PlaylistPass {
 public:
  /// All outlive this. \param from  of the link by which the viewer came.
  PlaylistPass(const sdk::Call& call, const sdk::Manifest& manifest, const Note& from, sdk::LinkMinter& links,
               sdk::SecretsService& secrets, const PassOptions& options);

  /// \param body  where the first line begins; what stands before (a byte order mark) is copied.
  sdk::Result<std::string> Run(std::size_t body);
  /// That the playlist says. 0: none, or none that can be one.
  std::chrono::seconds target_duration() const { return target_duration_; }

 private:
  /// A definition whose value the viewer does not need unless something but a URI refers to it.
  struct HeldBack {
    std::size_t offset;  ///< In `out_`, between the quotes of VALUE.
    std::string name;
    std::string value;
    bool used = false;
  };

  bool Line(std::string_view line);
  bool Tag(std::string_view line);
  bool TagLink(const TagRule& rule, std::string_view list, const AttributeScanner& attribute);
  bool UriLine(std::string_view line);
  bool Define(std::string_view list);
  bool LookAhead();
  bool NoteInit(std::string_view list);
  bool Steering(const AttributeScanner& attribute);
  /// A part has one link, whether it is hinted or there.
  std::string_view NoteOfPart() const { return init_note_.empty() ? part_note_ : init_note_; }
  bool Link(std::string_view uri, const LinkUse& use);
  bool LinkAttribute(const AttributeScanner& attribute, const LinkUse& use);
  bool LinkUnquoted(const AttributeScanner& attribute, const LinkUse& use);
  /// After what stands for `uri` was appended, or not.
  bool Linked(Linker::Fate fate, std::string_view uri) {
    constexpr std::size_t kLinksBetweenPolls = 1024;
    if (fate != Linker::Fate::kLinked) return Unlinked(fate);
    copied_ = End(uri);
    if (++link_count_ % kLinksBetweenPolls == 0 && !Wanted()) return false;
    return out_.size() <= options_.max_output || FailOutput();
  }
  bool Unlinked(Linker::Fate fate);
  bool Reference(std::string_view uri, std::string_view& reference);
  /// Afterwards the output ends where `part` of the text begins.
  void CopyUpTo(std::string_view part) {
    out_.append(copied_, static_cast<std::size_t>(part.data() - copied_));
    copied_ = part.data();
  }
  static const char* End(std::string_view text) { return text.data() + text.size(); }
  void ShowHeldBack();
  bool Wanted();
  bool Fail(sdk::Errc code, std::string message);
  bool FailOutput();
  bool FailVariables();
  bool FailLine(const std::string& message);

  const sdk::Call& call_;
  const sdk::Manifest& manifest_;
  sdk::LinkMinter& links_;
  sdk::SecretsService& secrets_;
  const PassOptions& options_;
  const Note& from_;
  Linker linker_;
  Definitions definitions_;

  std::string out_;
  const char* copied_;  ///< Up to here the text is in `out_`.
  std::size_t line_ = 1;
  std::size_t link_count_ = 0;
  std::size_t expanded_bytes_ = 0;
  std::chrono::seconds target_duration_{};
  std::optional<sdk::LinkKind> next_uri_;  ///< What the tag before it says of the next URI line.
  bool multivariant_ = false;
  Note given_;                     ///< Of links to what this multivariant playlist lists.
  std::string given_packed_;       ///< The same, as links carry it.
  std::string init_note_;          ///< Of links to segments; of `decrypted`.
  const std::string part_note_;    ///< Of links to partial segments that have no `init_note_`.
  const std::string report_note_;  ///< Of links to playlists beside this one, as the multivariant playlist gave them.
  std::vector<HeldBack> held_back_;
  std::string expanded_;  ///< Reused for every URI with variables.
  std::optional<sdk::Error> fault_;
};

}  // namespace sluice::plugins::hls
