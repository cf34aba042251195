// SPDX-License-Identifier: MIT
#include "check_multivariant.hpp"

#include <algorithm>
#include <array>

namespace sluice::plugins::hls {

void MultivariantChecks::Tag(const CheckedLine& line) {
  if (line.Is("EXT-X-MEDIA")) return Media(line);
  if (line.Is("EXT-X-STREAM-INF") || line.Is("EXT-X-I-FRAME-STREAM-INF")) return Variant(line);
  if (line.Is("EXT-X-SESSION-DATA") && line.Has("VALUE") == line.Has("URI"))
    findings_.Add(line.number, "4.4.6.4", "EXT-X-SESSION-DATA: want VALUE or URI, and not both");
  if (line.Is("EXT-X-SESSION-KEY")) {
    if (line.Attribute("METHOD") == "NONE")
      findings_.Add(line.number, "4.4.6.5", "EXT-X-SESSION-KEY with METHOD=NONE: want another");
    else if (!line.Has("URI"))
      findings_.Add(line.number, "4.4.6.5", "EXT-X-SESSION-KEY: want a URI");
  }
}

void MultivariantChecks::Media(const CheckedLine& line) {
  const std::string type(line.Attribute("TYPE"));
  const std::string group(line.Attribute("GROUP-ID"));
  const std::string name(line.Attribute("NAME"));
  static constexpr std::array<std::string_view, 4> kTypes{"AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"};
  if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
    findings_.Add(line.number, "4.4.6.1",
                  "EXT-X-MEDIA with TYPE " + Named(type) + ": want AUDIO, VIDEO, SUBTITLES or CLOSED-CAPTIONS");
  groups_.emplace(type, group);
  if (!names_.insert(type + '\n' + group + '\n' + name).second)
    findings_.Add(line.number, "4.4.6.1.1", "two renditions " + Named(name) + " in the group " + Named(group));
  if (line.Attribute("DEFAULT") == "YES" && !defaults_.emplace(type, group).second)
    findings_.Add(line.number, "4.4.6.1.1", "a second rendition with DEFAULT=YES in the group " + Named(group));
  if (type == "SUBTITLES" && !line.Has("URI"))
    findings_.Add(line.number, "4.4.6.1", "EXT-X-MEDIA with TYPE=SUBTITLES: want a URI");
  if (type != "CLOSED-CAPTIONS") return;
  if (line.Has("URI")) findings_.Add(line.number, "4.4.6.1", "EXT-X-MEDIA with TYPE=CLOSED-CAPTIONS: want no URI");
  if (!line.Has("INSTREAM-ID"))
    findings_.Add(line.number, "4.4.6.1", "EXT-X-MEDIA with TYPE=CLOSED-CAPTIONS: want an INSTREAM-ID");
}

void MultivariantChecks::Variant(const CheckedLine& line) {
  const bool i_frames = line.Is("EXT-X-I-FRAME-STREAM-INF");
  const auto* const section = i_frames ? "4.4.6.3" : "4.4.6.2";
  if (!i_frames) {
    NoUri();
    variant_ = line.number;
  }
  const auto bandwidth = line.Attribute("BANDWIDTH");
  if (!bandwidth.empty() && !ReadWhole<std::uint64_t>(bandwidth))
    findings_.Add(line.number, section, "BANDWIDTH " + Named(bandwidth) + ": want a whole number");
  AttributeScanner attribute(line.value);
  while (attribute.Next()) {
    for (const auto* const type : {"AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"})
      if (attribute.Is(type) && attribute.quote() != 0)  // CLOSED-CAPTIONS=NONE is none
        references_.push_back({line.number, type, std::string(attribute.value())});
  }
}

void MultivariantChecks::Uri(const CheckedLine& line) {
  if (variant_ == 0) findings_.Add(line.number, "4.4.6.2", "a URI without EXT-X-STREAM-INF before it");
  variant_ = 0;
}

void MultivariantChecks::NoUri() {
  if (variant_ != 0) findings_.Add(variant_, "4.4.6.2", "EXT-X-STREAM-INF without a URI behind it");
  variant_ = 0;
}

void MultivariantChecks::End() {
  NoUri();
  for (const auto& [line, type, group] : references_)
    if (!groups_.contains({type, group}))
      findings_.Add(line, "4.4.6.2", type + " " + Named(group) + ": no EXT-X-MEDIA defines such a group");
}

}  // namespace sluice::plugins::hls
