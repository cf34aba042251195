// SPDX-License-Identifier: MIT
#include "clip.hpp"

#include <algorithm>
#include <random>

#include "boxes.hpp"

namespace sluice::testing::media {
namespace {

constexpr std::uint32_t kVideo = 1, kAudio = 2, kFixedSize = 333;

Node SampleTable(const std::string& format, std::size_t field_bytes) {
  Node entry{.type = format, .data = std::string(field_bytes, '\0'), .children = {{.type = "btrt", .data = "0123"}}};
  Node stsd = FullBox("stsd", 0, 0, Number(1, 4));
  stsd.children.push_back(entry);
  return {.type = "stbl", .children = {stsd, FullBox("stsz", 0, 0, Number(0, 8)), FullBox("stco", 0, 0, Number(0, 4))}};
}

Node Track(std::uint32_t id, const std::string& format, std::size_t field_bytes) {
  const Node minf{.type = "minf", .children = {SampleTable(format, field_bytes)}};
  return {.type = "trak",
          .children = {FullBox("tkhd", 0, 7, Number(0, 8) + Number(id, 4) + std::string(68, '\0')),
                       {.type = "mdia", .children = {FullBox("mdhd", 0, 0, std::string(20, '\0')), minf}}}};
}

Node Defaults(std::uint32_t id, std::uint32_t size) {
  return FullBox("trex", 0, 0, Number(id, 4) + Number(1, 4) + Number(0, 4) + Number(size, 4) + Number(0, 4));
}

class Maker {
 public:
  explicit Maker(const Clip& clip) : clip_(clip), random_(clip.seed) {}

  std::string Fragment() {
    std::vector<std::vector<std::string>> tracks;
    std::vector<std::uint32_t> ids;
    if (clip_.video_samples != 0) {
      tracks.push_back(Samples(clip_.video_samples, true));
      ids.push_back(kVideo);
    }
    if (clip_.audio_samples != 0) {
      tracks.push_back(Samples(clip_.audio_samples, false));
      ids.push_back(kAudio);
    }
    Node moof{.type = "moof", .children = {FullBox("mfhd", 0, 0, Number(++number_, 4))}};
    Node mdat{.type = "mdat"};
    Node measured = moof;  // where the data begins depends on how long the moof is
    std::string unused;
    for (std::size_t i = 0; i < tracks.size(); ++i) measured.children.push_back(Traf(ids[i], tracks[i], 0, unused));
    for (std::size_t i = 0; i < tracks.size(); ++i)
      moof.children.push_back(Traf(ids[i], tracks[i], measured.size() + 8, mdat.data));
    return moof.Write() + mdat.Write();
  }

 private:
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }
  std::string Octets(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(random_());
    return out;
  }

  std::vector<std::string> Samples(unsigned count, bool video) {
    std::vector<std::string> out;
    for (unsigned i = 0; i < count; ++i) {
      std::string sample;
      if (!video) sample = Octets(clip_.fixed_audio_size ? kFixedSize : 20 + Below(400));
      for (std::uint64_t units = video ? 1 + Below(3) : 0; units > 0; --units) {
        const auto size = 1 + Below(clip_.largest_unit);
        sample += Number(size, 4) + Octets(size);
      }
      out.push_back(sample);
    }
    return out;
  }

  Node Traf(std::uint32_t id, const std::vector<std::string>& samples, std::size_t data_at, std::string& mdat) const {
    const bool fixed = id == kAudio && clip_.fixed_audio_size;
    Node traf{.type = "traf", .children = {FullBox("tfhd", 0, 0x20000, Number(id, 4))}};
    const auto per_run = (samples.size() + clip_.runs - 1) / clip_.runs;
    for (std::size_t first = 0; first < samples.size(); first += per_run) {
      const auto last = std::min(first + per_run, samples.size());
      std::string fields = Number(last - first, 4) + Number(data_at + mdat.size(), 4);
      for (auto i = first; i < last; ++i) {
        if (!fixed) fields += Number(samples[i].size(), 4);
        mdat += samples[i];
      }
      traf.children.push_back(FullBox("trun", 0, fixed ? 1 : 0x201, fields));
    }
    return traf;
  }

  const Clip& clip_;
  std::mt19937_64 random_;
  std::uint32_t number_ = 0;
};

}  // namespace

std::string MakeInit(const Clip& clip) {
  Node moov{.type = "moov", .children = {FullBox("mvhd", 0, 0, std::string(96, '\0'))}};
  Node mvex{.type = "mvex"};
  if (clip.video_samples != 0) {
    moov.children.push_back(Track(kVideo, "avc1", 78));
    mvex.children.push_back(Defaults(kVideo, 0));
  }
  if (clip.audio_samples != 0) {
    moov.children.push_back(Track(kAudio, "mp4a", 28));
    mvex.children.push_back(Defaults(kAudio, clip.fixed_audio_size ? kFixedSize : 0));
  }
  moov.children.push_back(mvex);
  return Node{.type = "ftyp", .data = "iso6" + Number(0, 4)}.Write() + moov.Write();
}

std::vector<std::string> MakeFragments(const Clip& clip) {
  Maker maker(clip);
  std::vector<std::string> out;
  for (unsigned i = 0; i < clip.fragments; ++i) out.push_back(maker.Fragment());
  return out;
}

std::string MakeClip(const Clip& clip) {
  std::string out = MakeInit(clip);
  for (const auto& fragment : MakeFragments(clip)) out += fragment;
  return out;
}

std::string SamplesOf(const std::string& file) {
  std::string out;
  for (const auto& box : Parse(file))
    if (box.type == "mdat") out += box.data;
  return out;
}

}  // namespace sluice::testing::media
