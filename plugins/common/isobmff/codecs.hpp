// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Codecs of an ISO base media file, as MIME types and playlists name them (RFC 6381 §3.3).

#include <sluice/sdk/result.hpp>

#include <string>

#include "common/isobmff/octets.hpp"

namespace sluice::plugins::isobmff {

/// "avc1.64001f,mp4a.40.2": one for each codec of the pictures, the sound and the text of a file that begins with
/// `octets`, each once, in the order of its tracks. Of what is encrypted, the codec that it was before.
/// \returns  kUpstreamFailed: there is no whole `moov`, or a track whose codec has no name here. Never a list of some.
sdk::Result<std::string> ReadCodecs(Octets octets);

}  // namespace sluice::plugins::isobmff
