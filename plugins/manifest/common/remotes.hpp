// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Remote elements: what an MPD refers to by xlink:href, put in its place (ISO/IEC 23009-1 §5.5).

#include <sluice/sdk/manifest.hpp>

#include <memory>
#include <string_view>

#include "manifest/common/xml_text.hpp"

namespace sluice::plugins::mpd {

/// `document` with its remote elements in it. Elements that are to resolve to nothing go; one that cannot be had keeps
/// what it holds itself, as a player would leave it; a remote element refers to no further ones.
/// \param references  null: none can be had.
/// \returns  kCancelled, kDeadlineExceeded.
sdk::Result<std::unique_ptr<XmlText>> WithRemotes(std::unique_ptr<XmlText> document, std::string_view base_url,
                                                  sdk::ReferenceFetcher* references);

}  // namespace sluice::plugins::mpd
