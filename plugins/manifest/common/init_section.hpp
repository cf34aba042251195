// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The init section of a Representation: where an MPD says it lies (ISO/IEC 23009-1 §5.3.9.2.2, §5.3.9.4.4).

#include <sluice/sdk/result.hpp>
#include <sluice/sdk/url_template.hpp>

#include <optional>
#include <string>

#include "manifest/common/addressing.hpp"

namespace sluice::plugins::mpd {

struct InitSection {
  std::string reference{};  ///< Empty: at the base URL.
  bool is_template = false;
  std::optional<ByteRange> range{};
};

/// \param variant  whose id and bandwidth go into a template.
/// \returns  nothing: segments have none, or the file has it where its index says; kInvalidArgument: no template.
sdk::Result<std::optional<InitSection>> ReadInitSection(const SegmentInfo& info, const sdk::TemplateVariant& variant);

/// Where it lies. \param base_url  of the Representation. \returns  nothing: no template.
std::optional<std::string> UrlOf(const InitSection& init, const std::string& base_url);

/// What the links of segments say of it (sluice/sdk/init_note.hpp). Empty: it is too long for that.
std::string InitNoteOf(const InitSection& init, const std::string& base_url);

}  // namespace sluice::plugins::mpd
