// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Boxes for tests: init sections with the sample entries that tell codecs.

#include <string>
#include <string_view>

#include "tests/plugins/common/sidx_boxes.hpp"

namespace sluice::plugins::isobmff {

/// \param handler  "vide", "soun", "text", "subt". \param entries  of its stsd.
inline std::string TrackOf(std::string_view handler, std::string_view entries) {
  const auto hdlr = BoxOf("hdlr", std::string(8, '\0').append(handler).append(13, '\0'));
  const auto stsd = BoxOf("stsd", std::string(4, '\0') + BigEndian(1, 4) + std::string(entries));
  return BoxOf("trak", BoxOf("mdia", hdlr + BoxOf("minf", BoxOf("stbl", stsd))));
}

inline std::string InitWith(std::string_view tracks) { return BoxOf("ftyp", "iso6") + BoxOf("moov", tracks); }

inline std::string VideoEntry(std::string_view name, std::string_view boxes) {
  return BoxOf(name, std::string(78, '\0').append(boxes));
}
inline std::string AudioEntry(std::string_view name, std::string_view boxes, std::size_t more_fields = 0) {
  return BoxOf(name, std::string(28 + more_fields, '\0').append(boxes));
}

/// What an encrypted entry was before.
inline std::string SinfOf(std::string_view format) { return BoxOf("sinf", BoxOf("frma", format)); }

inline std::string AvcConfiguration() { return BoxOf("avcC", "\x01\x64" + std::string(1, '\0') + "\x1f\xff\xe0"); }

/// \param specific  of the decoder: the AudioSpecificConfig.
inline std::string EsdsOf(unsigned kind, std::string_view specific) {
  const auto descriptor = [](unsigned tag, const std::string& content) {
    return BigEndian(tag, 1) + "\x80\x80\x80" + BigEndian(content.size(), 1) + content;
  };
  auto decoder = BigEndian(kind, 1) + std::string(12, '\0');
  if (!specific.empty()) decoder += descriptor(5, std::string(specific));
  return BoxOf("esds", BigEndian(0, 4) + descriptor(3, BigEndian(1, 2) + BigEndian(0, 1) + descriptor(4, decoder)));
}

inline std::string AvcInit() { return InitWith(TrackOf("vide", VideoEntry("avc1", AvcConfiguration()))); }

}  // namespace sluice::plugins::isobmff
