// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MpdPass: goes through an MPD and puts a link in the place of every URL.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>

#include <map>
#include <string>
#include <string_view>

#include "manifest/common/linker.hpp"
#include "manifest/common/xml_text.hpp"
#include "segment_links.hpp"

namespace sluice::plugins::dash {

struct PassOptions {
  bool allow_insecure = false;
  bool proxy_licences = true;
  bool decrypted = false;  ///< The gateway decrypts: players are told of no protection.
};

/// URLs that may stand anywhere in an MPD, whatever the segments: of itself, of licences, of clocks.
/// Threads: one.
class SingleLinks {
 public:
  /// \param mpd_url   what Location is resolved against. \param mpd_base  the same, and the MPD's own BaseURL.
  SingleLinks(const mpd::XmlText& document, std::string mpd_url, std::string mpd_base, mpd::Linker& linker,
              mpd::Edits& edits, const PassOptions& options)
      : document_(document),
        mpd_url_(std::move(mpd_url)),
        mpd_base_(std::move(mpd_base)),
        linker_(linker),
        edits_(edits),
        options_(options) {}

  /// `node` and everything below it.
  sdk::Status Write(pugi::xml_node node);

 private:
  sdk::Status WriteOne(pugi::xml_node node);
  sdk::Status WriteText(pugi::xml_node node, std::string_view base, const mpd::LinkUse& use);
  sdk::Status WriteValues(pugi::xml_node node, std::string_view attribute, const mpd::LinkUse& use);
  sdk::Status WritePatchLocation(pugi::xml_node node);

  const mpd::XmlText& document_;
  const std::string mpd_url_;
  const std::string mpd_base_;
  mpd::Linker& linker_;
  mpd::Edits& edits_;
  const PassOptions& options_;
};

/// The media of Periods. Threads: one.
class PeriodLinks {
 public:
  PeriodLinks(const mpd::XmlText& document, mpd::Linker& linker, mpd::Edits& edits, const PassOptions& options)
      : document_(document), linker_(linker), edits_(edits), segments_(document, linker, edits, options.decrypted) {}

  /// \param base  of the level above.
  void AddMpd(pugi::xml_node mpd, const std::string& base);
  void AddPeriod(pugi::xml_node period, const std::string& base);
  sdk::Status Write();

 private:
  /// A level that has BaseURLs of its own.
  struct BaseLevel {
    pugi::xml_node level;
    std::string parent;
    std::string mime_type{};
    std::string init_note{};
    bool is_media = false;  ///< The media of some Representation lies at the base URL itself.
  };

  void AddLevel(pugi::xml_node level, const std::string& parent);
  void AddRepresentation(pugi::xml_node representation, const std::string& parent);
  sdk::Status WriteBases(const BaseLevel& level);

  const mpd::XmlText& document_;
  mpd::Linker& linker_;
  mpd::Edits& edits_;
  SegmentLinks segments_;
  std::map<std::size_t, BaseLevel> levels_;  ///< By offset in the document.
};

/// Used once. Threads: one.
class MpdPass {
 public:
  /// All outlive this. \param url  where the MPD was finally retrieved from.
  MpdPass(const sdk::Call& call, const mpd::XmlText& document, std::string url, mpd::Linker& linker,
          const PassOptions& options)
      : call_(call), document_(document), url_(std::move(url)), linker_(linker), options_(options) {}

  sdk::Status Run();
  /// The rewritten MPD, once Run has succeeded.
  std::string Take() { return edits_.Apply(document_.text()); }

 private:
  const sdk::Call& call_;
  const mpd::XmlText& document_;
  const std::string url_;
  mpd::Linker& linker_;
  const PassOptions& options_;
  mpd::Edits edits_;
};

}  // namespace sluice::plugins::dash
