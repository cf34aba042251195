// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Where the media of an MPD lies: base URLs, and which segment information holds for a Representation.

#include <sluice/sdk/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/isobmff/octets.hpp"
#include "manifest/common/xml_text.hpp"

namespace sluice::plugins::mpd {

/// The BaseURL of `level` that a player takes: the one of the best DVB priority, the first of several.
/// A null node: it has none.
pugi::xml_node ChosenBase(pugi::xml_node level);

/// ISO/IEC 23009-1 §5.6.4. \param parent  of the level above. \returns  what references at `level` are resolved
/// against.
std::string BaseAt(pugi::xml_node level, const std::string& parent);

enum class Addressing { kBase, kList, kTemplate };

/// "SegmentTemplate" and so on.
std::string_view NameOf(Addressing addressing);

/// Elements of one kind that hold for a Representation, the lowest level first; absent ones are left out.
struct SegmentInfo {
  Addressing addressing = Addressing::kBase;
  std::vector<pugi::xml_node> elements{};

  /// The lowest element with such an attribute; a null node: none has one.
  pugi::xml_node WithAttribute(std::string_view local_name) const;
  /// The lowest child element called so.
  pugi::xml_node Child(std::string_view local_name) const;
  std::string_view Value(std::string_view local_name) const { return ValueOf(WithAttribute(local_name), local_name); }
};

/// The lowest level that has any segment information decides on its kind; attributes and elements of the same kind
/// are inherited one by one (ISO/IEC 23009-1 §5.3.9.1).
SegmentInfo SegmentInfoOf(pugi::xml_node representation);

/// The attribute of a Representation, or of its AdaptationSet where it has none.
std::string_view Inherited(pugi::xml_node representation, std::string_view local_name);

/// Whether it, or the AdaptationSet around it, names a content protection.
bool IsProtected(pugi::xml_node representation);

using isobmff::ByteRange;

/// "0-99", both ends included. \returns nothing for what is none.
std::optional<ByteRange> ReadRange(std::string_view text);

/// Decimal. \returns  false: no number, or none that fits.
bool ReadNumber(std::string_view text, std::uint64_t& out);

}  // namespace sluice::plugins::mpd
