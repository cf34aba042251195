// SPDX-License-Identifier: MIT
#include "init.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "box.hpp"
#include "sample_entry.hpp"

namespace sluice::plugins::cenc {
namespace {

constexpr std::size_t kMaxTracks = 1024;

sdk::Result<std::uint32_t> ReadTrackId(Octets tkhd) {
  Fields fields(tkhd);
  const bool wide = fields.U8() == 1;
  fields.Skip(3 + (wide ? 16 : 8));
  const auto id = fields.U32();
  if (!fields.ok()) return BadMedia("moov/trak/tkhd: is too short");
  return id;
}

sdk::Status ReadEntries(const Box& stsd, Track& track) {
  constexpr std::size_t kHeadBytes = 8;
  if (stsd.body().size() < kHeadBytes) return BadMedia("moov/trak/mdia/minf/stbl/stsd: is too short");
  Boxes boxes(stsd.body().subspan(kHeadBytes), "moov/trak/mdia/minf/stbl/stsd");
  for (Box box; boxes.Next(box);) {
    auto entry = OpenSampleEntry(box);
    if (!entry) return std::move(entry).error();
    track.entries.push_back(*entry);
  }
  return boxes.status();
}

/// Whether there are samples that the table itself places: those of fragments it does not know.
bool PlacesSamples(Octets stsz) {
  Fields fields(stsz);
  fields.Skip(4 + 4);
  return fields.U32() != 0;
}

sdk::Status ReadTable(MutableOctets stbl, Track& track) {
  bool places_samples = false;
  Boxes boxes(stbl, "moov/trak/mdia/minf/stbl");
  for (Box box; boxes.Next(box);) {
    if (box.type == FourCc("stsd")) {
      if (auto read = ReadEntries(box, track); !read) return read;
    } else if (box.type == FourCc("stsz") || box.type == FourCc("stz2")) {
      places_samples = places_samples || PlacesSamples(box.body());
    } else if (box.type == FourCc("sgpd") && IsSeig(box.body())) {
      auto read = ReadGroupDescriptions(box.body());
      if (!read) return std::move(read).error();
      track.groups = std::move(read->groups);
      track.default_group = read->default_index;
      box.Free();
    } else if (box.type == FourCc("sbgp") && IsSeig(box.body())) {
      box.Free();
    }
  }
  if (!boxes.status()) return boxes.status();
  const bool encrypted = std::any_of(track.entries.begin(), track.entries.end(),
                                     [](const SampleEntry& entry) { return entry.scheme.has_value(); });
  if (places_samples && encrypted) {
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "media: track " + std::to_string(track.id) +
                                 " has encrypted samples outside of fragments; want a fragmented file"};
  }
  return sdk::Ok();
}

sdk::Result<Track> ReadTrack(const Box& trak) {
  Track track;
  auto tkhd = FindBox(trak.body(), FourCc("tkhd"), "moov/trak");
  if (!tkhd) return std::move(tkhd).error();
  if (!*tkhd) return BadMedia("moov/trak: has no tkhd");
  auto id = ReadTrackId((*tkhd)->body());
  if (!id) return std::move(id).error();
  track.id = *id;

  constexpr std::array<std::pair<std::uint32_t, const char*>, 3> kWay = {std::pair{FourCc("mdia"), "moov/trak"},
                                                                         {FourCc("minf"), "moov/trak/mdia"},
                                                                         {FourCc("stbl"), "moov/trak/mdia/minf"}};
  auto inside = trak.body();
  for (const auto& [type, path] : kWay) {
    auto box = FindBox(inside, type, path);
    if (!box) return std::move(box).error();
    if (!*box) return track;  // no samples, so nothing that could be encrypted
    inside = (*box)->body();
  }
  if (auto read = ReadTable(inside, track); !read) return std::move(read).error();
  return track;
}

struct Defaults {
  std::uint32_t track = 0, entry = 1, sample_size = 0;
};

sdk::Status ReadExtends(const Box& mvex, std::vector<Defaults>& out) {
  Boxes boxes(mvex.body(), "moov/mvex");
  for (Box box; boxes.Next(box);) {
    if (box.type != FourCc("trex")) continue;
    Fields fields(box.body());
    fields.Skip(4);
    Defaults defaults;
    defaults.track = fields.U32();
    defaults.entry = fields.U32();
    fields.Skip(4);
    defaults.sample_size = fields.U32();
    if (!fields.ok()) return BadMedia("moov/mvex/trex: is too short");
    out.push_back(defaults);
  }
  return boxes.status();
}

}  // namespace

const Track* Init::Find(std::uint32_t id) const {
  const auto found = std::find_if(tracks.begin(), tracks.end(), [&](const Track& track) { return track.id == id; });
  return found == tracks.end() ? nullptr : &*found;
}

bool Init::is_protected() const {
  return std::any_of(tracks.begin(), tracks.end(), [](const Track& track) {
    return std::any_of(track.entries.begin(), track.entries.end(),
                       [](const SampleEntry& entry) { return entry.scheme.has_value(); });
  });
}

sdk::Result<Init> OpenInit(MutableOctets moov) {
  const auto header = ReadHeader(moov);
  if (!header) return header.error();
  if (!*header) return BadMedia("moov: is too short");
  Init init;
  std::vector<Defaults> all_defaults;
  Boxes boxes(moov.subspan((*header)->header_bytes), "moov");
  for (Box box; boxes.Next(box);) {
    if (box.type == FourCc("trak")) {
      if (init.tracks.size() == kMaxTracks) return BadMedia("moov: has more than 1024 tracks");
      auto track = ReadTrack(box);
      if (!track) return std::move(track).error();
      init.tracks.push_back(std::move(*track));
    } else if (box.type == FourCc("mvex")) {
      if (auto read = ReadExtends(box, all_defaults); !read) return std::move(read).error();
    } else if (box.type == FourCc("pssh") || IsPiffPssh(box)) {
      box.Free();
    }
  }
  if (!boxes.status()) return boxes.status().error();
  for (auto& track : init.tracks) {
    for (const auto& defaults : all_defaults) {
      if (defaults.track != track.id) continue;
      track.default_entry = defaults.entry;
      track.default_sample_size = defaults.sample_size;
    }
  }
  return init;
}

}  // namespace sluice::plugins::cenc
