// SPDX-License-Identifier: MIT
#include "multivariant.hpp"

#include <algorithm>
#include <set>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "manifest/common/addressing.hpp"
#include "manifest/common/track.hpp"
#include "playlist_text.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::string_view kTransfer = "urn:mpeg:mpegB:cicp:TransferCharacteristics";
constexpr std::string_view kAudioPurpose = "urn:tva:metadata:cs:AudioPurposeCS:2007";
constexpr std::string_view kCea608 = "urn:scte:dash:cc:cea-608:2015";
constexpr std::string_view kCea708 = "urn:scte:dash:cc:cea-708:2015";

/// "30000/1001" and the like. \returns  false: none.
bool ReadRatio(std::string_view text, char between, std::uint64_t& numerator, std::uint64_t& denominator) {
  const auto at = text.find(between);
  denominator = 1;
  return mpd::ReadNumber(text.substr(0, at), numerator) && numerator > 0 && numerator < 1'000'000'000 &&
         (at == std::string_view::npos || mpd::ReadNumber(text.substr(at + 1), denominator)) && denominator > 0 &&
         denominator < 1'000'000'000;
}

/// As it is to be shown: HLS knows no pixels that are not square.
std::string Resolution(const mpd::Representation& one) {
  if (one.width == 0 || one.height == 0 || one.width > 1'000'000 || one.height > 1'000'000) return {};
  std::uint64_t wide = 1;
  std::uint64_t high = 1;
  if (!ReadRatio(one.sar, ':', wide, high)) wide = high = 1;
  return ",RESOLUTION=" + std::to_string((one.width * wide + high / 2) / high) + "x" + std::to_string(one.height);
}

std::string FrameRate(const mpd::Representation& one) {
  std::uint64_t frames = 0;
  std::uint64_t seconds = 0;
  if (!ReadRatio(one.frame_rate, '/', frames, seconds)) return {};
  return ",FRAME-RATE=" + Decimal(frames, seconds, 3);
}

std::string VideoRange(const mpd::Representation& one) {
  for (const auto* properties : {&one.essential, &one.supplemental}) {
    for (const auto& property : *properties) {
      if (property.scheme != kTransfer) continue;
      return property.value == "16"   ? ",VIDEO-RANGE=PQ"
             : property.value == "18" ? ",VIDEO-RANGE=HLG"
                                      : ",VIDEO-RANGE=SDR";
    }
  }
  return {};
}

bool DescribesVideo(const mpd::AdaptationSet& set) {
  return set.Is("description") ||
         std::any_of(set.accessibility.begin(), set.accessibility.end(),
                     [](const mpd::Descriptor& one) { return one.scheme == kAudioPurpose && one.value == "1"; });
}

std::string Language(const mpd::AdaptationSet& set) {
  return set.language.empty() || set.language == "und" ? std::string() : ",LANGUAGE=" + Quoted(set.language);
}

std::string Channels(const mpd::Representation& one) {
  std::uint64_t count = 0;
  return mpd::ReadNumber(one.channels, count) && count > 0 && count <= 32
             ? ",CHANNELS=\"" + std::to_string(count) + "\""
             : std::string();
}

/// Trick play of one picture a segment: the only kind whose segments are I-frames in the sense of HLS.
bool HasOneFrameASegment(const mpd::Representation& one, const mpd::Period& period) {
  std::uint64_t frames = 0;
  std::uint64_t seconds = 0;
  if (!ReadRatio(one.frame_rate, '/', frames, seconds)) return false;
  const auto track = mpd::ReadTrack(one, {.duration = period.duration.value_or(std::chrono::hours(24))});
  return track && !track->segments.empty() &&
         std::all_of(track->segments.begin(), track->segments.end(), [&](const mpd::Segment& segment) {
           const auto micros = mpd::FromTicks(segment.duration, track->timescale).count();
           return static_cast<std::uint64_t>(micros) * frames <= 1'010'000 * seconds;
         });
}

void AddCodecs(std::string_view codecs, std::string& out) {
  if (!codecs.empty()) out.append(out.empty() ? "" : ",").append(codecs);
}

/// "CC1=eng;CC3=swe", "1=lang:eng;2=lang:deu", "eng", or nothing.
std::vector<std::pair<std::string, std::string>> CaptionServices(const mpd::Descriptor& one) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string_view rest = one.value;
  if (rest.empty()) rest = "1=";
  const bool digital = one.scheme == kCea708;
  while (!rest.empty()) {
    auto entry = sdk::TrimSpace(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
    const auto equals = entry.find('=');
    std::string id(equals == std::string_view::npos ? "1" : entry.substr(0, equals));
    if (equals != std::string_view::npos) entry.remove_prefix(equals + 1);
    if (entry.starts_with("lang:")) entry.remove_prefix(5);
    if (id.starts_with("CC")) id.erase(0, 2);
    out.emplace_back((digital ? "SERVICE" : "CC") + id, std::string(entry.substr(0, entry.find(','))));
  }
  return out;
}

}  // namespace

const mpd::Period* RichestPeriod(const mpd::Mpd& mpd, bool decrypted) {
  const mpd::Period* best = nullptr;
  std::size_t most = 0;
  for (const auto& period : mpd.periods) {
    const auto count = RenditionsOf(period, decrypted).size();
    if (count == 0 || count < most || (count == most && !mpd.dynamic)) continue;
    most = count;
    best = &period;
  }
  return best;
}

Multivariant::Multivariant(const mpd::Mpd& mpd, std::string presentation, mpd::Linker& linker, Codecs& codecs,
                           bool decrypted)
    : mpd_(mpd), presentation_(std::move(presentation)), linker_(linker), codecs_(codecs), decrypted_(decrypted) {}

void Multivariant::Sort(const std::vector<Rendition>& renditions) {
  std::set<const mpd::AdaptationSet*> titled;
  for (const auto& rendition : renditions) {
    switch (rendition.type) {
      case RenditionType::kVideo:
        videos_.push_back(rendition);
        break;
      case RenditionType::kAudio:
        audios_.push_back(rendition);
        AddAudio(rendition);
        break;
      case RenditionType::kSubtitles:
        if (titled.insert(rendition.set).second) subtitles_.push_back(rendition);
        break;
      case RenditionType::kIFrames:
        i_frames_.push_back(rendition);
        break;
    }
  }
}

/// Of several bit rates of one language and codec a group holds the best.
void Multivariant::AddAudio(const Rendition& rendition) {
  const auto& one = *rendition.representation;
  const auto& codecs = codecs_.Of(one);
  const auto family = CodecFamily(codecs);
  const auto id = "audio-" + (family.empty() ? "1" : family);
  auto group = std::find_if(groups_.begin(), groups_.end(), [&](const AudioGroup& known) { return known.id == id; });
  if (group == groups_.end()) group = groups_.insert(groups_.end(), AudioGroup{.id = id});
  auto member = std::find_if(group->members.begin(), group->members.end(),
                             [&](const Rendition& known) { return known.set == rendition.set; });
  if (member == group->members.end())
    group->members.push_back(rendition);
  else if (member->representation->bandwidth < one.bandwidth)
    *member = rendition;
  if (one.bandwidth >= group->bandwidth) group->codecs = codecs;
  group->bandwidth = std::max(group->bandwidth, one.bandwidth);
}

sdk::Result<std::string> Multivariant::Write() {
  const auto* const period = RichestPeriod(mpd_, decrypted_);
  if (period != nullptr) Sort(RenditionsOf(*period, decrypted_));
  if (videos_.empty() && audios_.empty())
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                      .message =
                          "the MPD has nothing that HLS can express: want pictures or sound in MP4, clear or "
                          "with a scheme and a DRM system that HLS knows"};
  out_ = "#EXTM3U\n#EXT-X-VERSION:7\n";
  const bool independent = std::all_of(videos_.begin(), videos_.end(), [](const Rendition& one) {
    return one.representation->start_with_sap == 1 || one.representation->start_with_sap == 2;
  });
  if (independent && !videos_.empty()) out_ += "#EXT-X-INDEPENDENT-SEGMENTS\n";
  bool good = true;
  const bool grouped = !videos_.empty() || groups_.front().members.size() > 1;
  for (const auto& group : groups_) good = good && (!grouped || WriteAudio(group));
  good = good && WriteSubtitles();
  WriteCaptions();
  for (const auto& video : videos_) {
    const bool alone = groups_.empty() || IsMuxed(codecs_.Of(*video.representation));
    if (alone) good = good && WriteVariant(video, nullptr);
    for (const auto& group : groups_) good = good && (alone || WriteVariant(video, &group));
  }
  for (const auto& audio : audios_) {
    const bool offered = videos_.empty() && audio.set == audios_.front().set;
    if (offered) good = good && WriteVariant(audio, grouped ? &groups_.front() : nullptr);
  }
  for (const auto& one : i_frames_)
    good = good && (!HasOneFrameASegment(*one.representation, *period) || WriteIFrames(one));
  if (!good) return std::move(*fault_);
  return std::move(out_);
}

/// The label, or the language; never twice in a group.
std::string Multivariant::NameIn(std::vector<std::string>& taken, const mpd::AdaptationSet& set,
                                 std::string_view fallback) {
  std::string base = set.label.empty() ? set.language : set.label;
  if (base.empty() || base == "und") base = fallback;
  auto name = base;
  for (int i = 2; std::find(taken.begin(), taken.end(), name) != taken.end(); ++i)
    name = base + " " + std::to_string(i);
  taken.push_back(name);
  return name;
}

bool Multivariant::WriteAudio(const AudioGroup& group) {
  std::vector<std::string> names;
  const auto main = std::find_if(group.members.begin(), group.members.end(),
                                 [](const Rendition& member) { return member.set->Is("main"); });
  const auto* const preferred = main != group.members.end() ? main->set : group.members.front().set;
  for (const auto& member : group.members) {
    out_.append("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=").append(Quoted(group.id)).append(Language(*member.set));
    out_.append(",NAME=").append(Quoted(NameIn(names, *member.set, "Audio")));
    out_ += member.set == preferred ? ",DEFAULT=YES" : ",DEFAULT=NO";
    out_ += member.set->Is("commentary") ? ",AUTOSELECT=NO" : ",AUTOSELECT=YES";
    out_ += Channels(*member.representation);
    if (DescribesVideo(*member.set)) out_ += ",CHARACTERISTICS=\"public.accessibility.describes-video\"";
    out_ += ",URI=\"";
    if (!Link(member, out_)) return false;
    out_ += "\"\n";
  }
  return true;
}

bool Multivariant::WriteSubtitles() {
  std::vector<std::string> names;
  for (const auto& subtitle : subtitles_) {
    const auto& set = *subtitle.set;
    const bool forced = set.Is("forced-subtitle") || set.Is("forced_subtitle");
    out_.append("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subtitles\"").append(Language(set));
    out_.append(",NAME=").append(Quoted(NameIn(names, set, "Subtitles"))).append(",DEFAULT=NO,AUTOSELECT=YES");
    out_ += forced ? ",FORCED=YES" : ",FORCED=NO";
    if (set.Is("caption"))
      out_ +=
          ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,"
          "public.accessibility.describes-music-and-sound\"";
    out_ += ",URI=\"";
    if (!Link(subtitle, out_)) return false;
    out_ += "\"\n";
  }
  return true;
}

void Multivariant::WriteCaptions() {
  std::set<std::string> known;
  for (const auto& video : videos_) {
    for (const auto& one : video.set->accessibility) {
      if (one.scheme != kCea608 && one.scheme != kCea708) continue;
      for (const auto& [id, language] : CaptionServices(one)) {
        if (!known.insert(id).second) continue;
        captions_.append("#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"captions\"");
        if (!language.empty()) captions_.append(",LANGUAGE=").append(Quoted(language));
        captions_.append(",NAME=").append(Quoted(language.empty() ? id : language + " " + id));
        captions_.append(",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=").append(Quoted(id)).append("\n");
      }
    }
  }
  out_ += captions_;
}

std::string Multivariant::Picture(const mpd::Representation& one) {
  auto out = Resolution(one) + FrameRate(one) + VideoRange(one);
  if (!one.supplemental_codecs.empty()) out += ",SUPPLEMENTAL-CODECS=" + Quoted(one.supplemental_codecs);
  return out;
}

/// A variant whose codecs are not all known names none: players would take the list for whole.
bool Multivariant::WriteVariant(const Rendition& rendition, const AudioGroup* group) {
  const auto& one = *rendition.representation;
  const bool pictures = rendition.type == RenditionType::kVideo;
  auto bandwidth = one.bandwidth;
  std::string codecs(codecs_.Of(one));
  bool known = !codecs.empty();
  if (group != nullptr && pictures) {
    bandwidth += group->bandwidth;
    known = known && !group->codecs.empty();
    AddCodecs(group->codecs, codecs);
  }
  if (!subtitles_.empty() && subtitles_.front().representation->mime_type.ends_with("/mp4"))
    AddCodecs(codecs_.Of(*subtitles_.front().representation), codecs);
  out_ += "#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(std::max<std::uint64_t>(bandwidth, 1));
  if (known) out_ += ",CODECS=" + Quoted(codecs);
  if (pictures) out_ += Picture(one);
  if (group != nullptr) out_ += ",AUDIO=" + Quoted(group->id);
  if (!subtitles_.empty()) out_ += ",SUBTITLES=\"subtitles\"";
  if (pictures) out_ += captions_.empty() ? ",CLOSED-CAPTIONS=NONE" : ",CLOSED-CAPTIONS=\"captions\"";
  out_ += '\n';
  if (!Link(rendition, out_)) return false;
  out_ += '\n';
  return true;
}

bool Multivariant::WriteIFrames(const Rendition& rendition) {
  const auto& one = *rendition.representation;
  out_ += "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=" + std::to_string(std::max<std::uint64_t>(one.bandwidth, 1));
  if (const auto& codecs = codecs_.Of(one); !codecs.empty()) out_ += ",CODECS=" + Quoted(codecs);
  out_ += Resolution(one) + VideoRange(one) + ",URI=\"";
  if (!Link(rendition, out_)) return false;
  out_ += "\"\n";
  return true;
}

bool Multivariant::Link(const Rendition& rendition, std::string& out) {
  auto wanted = Describe(rendition);
  wanted.presentation = presentation_;
  const auto note = wanted.Pack();
  auto link = linker_.Link(mpd_.url, "", {.kind = sdk::LinkKind::kManifest, .note = note, .extension = "m3u8"});
  if (link && !*link)
    link = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "Location: want an http or https URL"};
  if (!link) {
    fault_ = std::move(link).error();
    return false;
  }
  out += **link;
  return true;
}

}  // namespace sluice::plugins::dash_to_hls
