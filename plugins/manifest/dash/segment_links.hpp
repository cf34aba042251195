// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SegmentLinks: the URLs of segments, which several Representations may have from one element.

#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/common/addressing.hpp"
#include "manifest/common/linker.hpp"
#include "manifest/common/xml_text.hpp"

namespace sluice::plugins::dash {

/// Collects which Representation has which URL from where, then writes the links. Where one element serves
/// Representations whose URLs differ in more than a template can say (other base URLs, ids that cannot stand in a
/// path), each Representation gets segment information of its own, which overrides that element.
/// Used for one document. Threads: one.
class SegmentLinks {
 public:
  /// All outlive this. \param decrypted  whether links to encrypted segments say where their init section is.
  SegmentLinks(const mpd::XmlText& document, mpd::Linker& linker, mpd::Edits& edits, bool decrypted)
      : document_(document), linker_(linker), edits_(edits), decrypted_(decrypted) {}

  struct Added {
    bool at_base = false;     ///< Something of it lies at the base URL itself.
    std::string base_note{};  ///< Of a link to that.
  };
  /// \param base  of the Representation.
  Added Add(pugi::xml_node representation, const std::string& base);

  /// Puts the changes into the edits. Once.
  sdk::Status Write();

 private:
  struct Use {
    pugi::xml_node representation;
    std::string base;
    std::string init_note;  ///< Of links to its segments.
  };
  /// One attribute that holds a URL or a URL template.
  struct Place {
    pugi::xml_node element;
    pugi::xml_attribute attribute;
    mpd::Addressing addressing = mpd::Addressing::kBase;
    bool is_template = false;
    std::vector<Use> uses{};
  };
  /// What a Representation is to have for itself.
  struct Override {
    pugi::xml_node representation;
    mpd::Addressing addressing = mpd::Addressing::kBase;
    std::string attributes{};
    std::string children{};
  };

  void AddPlace(pugi::xml_node element, std::string_view attribute, mpd::Addressing addressing, bool is_template,
                const Use& use);
  bool AddPlaces(const mpd::SegmentInfo& info, const Use& use);
  bool AddChildren(const mpd::SegmentInfo& info, const Use& use);
  bool AddList(const mpd::SegmentInfo& info, const Use& use);
  sdk::Status WriteTemplate(const Place& place);
  sdk::Status WriteUrl(const Place& place);
  sdk::Status OverrideTemplate(const Place& place);
  sdk::Status OverrideElement(const Place& place);
  sdk::Result<std::string> CopyFor(pugi::xml_node element, const Use& use);
  static mpd::LinkUse UseOf(std::string_view attribute, pugi::xml_node element, const Use& use);
  static mpd::LinkUse UseOf(const Place& place, const Use& use);
  static bool LeadToOnePlace(const Place& place);
  static std::string BoundText(const Place& place, const Use& use);
  mpd::Linker::Linked LinkBound(const Place& place, const Use& use);
  void Replace(pugi::xml_attribute attribute, const mpd::Linker::Linked& link);
  Override& OverrideOf(pugi::xml_node representation, mpd::Addressing addressing);
  void WriteOverrides();

  const mpd::XmlText& document_;
  mpd::Linker& linker_;
  mpd::Edits& edits_;
  const bool decrypted_;
  std::vector<Place> places_;
  std::map<const void*, std::size_t> known_;  ///< Attribute to place.
  std::vector<Override> overrides_;
  std::map<const void*, std::size_t> overridden_;  ///< Representation to override.
  std::set<const void*> copied_;                   ///< Elements that were given to each of their Representations.
};

}  // namespace sluice::plugins::dash
