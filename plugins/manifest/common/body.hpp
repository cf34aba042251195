// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a body is, as far as its type, its name and its first octets tell.

#include <sluice/sdk/manifest.hpp>

#include <initializer_list>
#include <memory>
#include <string_view>

#include "manifest/common/xml_text.hpp"

namespace sluice::plugins::mpd {

/// Whether a response is an MPD: by its type, by its path, or, where the type says nothing, by its first element.
bool IsMpd(const sdk::ManifestProbe& probe) noexcept;

/// An XML document whose first element is one of `roots`, by local names.
/// \returns  what NoMpd says where it is something else; what XmlText::Parse says where it is meant to be one.
sdk::Result<std::unique_ptr<XmlText>> ReadXml(std::string_view text, std::initializer_list<std::string_view> roots);

/// The local name of the first element that begins in `text`; empty: none.
std::string_view FirstElement(std::string_view text) noexcept;

/// kUpstreamFailed for a body that was to be an MPD, with what it is instead. Never the body itself.
sdk::Error NoMpd(std::string_view text);

}  // namespace sluice::plugins::mpd
