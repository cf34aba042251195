// SPDX-License-Identifier: MIT
#include "track_fragment.hpp"

#include <utility>

#include "sample_entry.hpp"

namespace sluice::plugins::cenc {
namespace {

constexpr std::size_t kMaxRuns = 65536;

sdk::Error TooShort(const char* name) {
  return BadMedia("moof/traf/" + std::string(name) + ": is too short for what it says it holds");
}

/// Version and flags of a full box.
std::uint32_t ReadFlags(Fields& fields) { return fields.U32() & 0xFFFFFFU; }

sdk::Result<FragmentHeader> ReadHeaderBox(Octets tfhd) {
  Fields fields(tfhd);
  const auto flags = ReadFlags(fields);
  FragmentHeader out;
  out.track = fields.U32();
  if ((flags & 0x1U) != 0) out.base_offset = fields.U64();
  if ((flags & 0x2U) != 0) out.entry = fields.U32();
  if ((flags & 0x8U) != 0) fields.Skip(4);
  if ((flags & 0x10U) != 0) out.sample_size = fields.U32();
  out.base_is_moof = (flags & 0x20000U) != 0;
  if (!fields.ok()) return TooShort("tfhd");
  return out;
}

sdk::Result<Run> ReadRun(Octets trun) {
  Fields fields(trun);
  const auto flags = ReadFlags(fields);
  Run run;
  run.samples = fields.U32();
  if ((flags & 0x1U) != 0) run.data_offset = static_cast<std::int32_t>(fields.U32());
  if ((flags & 0x4U) != 0) fields.Skip(4);
  for (const auto field : {0x100U, 0x200U, 0x400U, 0x800U}) {
    if ((flags & field) == 0) continue;
    if (field == 0x200U) run.size_at = run.sample_bytes;
    run.sample_bytes += 4;
  }
  if (run.sample_bytes != 0 && run.samples > fields.rest().size() / run.sample_bytes) return TooShort("trun");
  run.fields = fields.rest();
  if (!fields.ok()) return TooShort("trun");
  return run;
}

sdk::Result<AuxiliaryData> ReadAuxiliary(Octets senc) {
  Fields fields(senc);
  const auto flags = ReadFlags(fields);
  // Of PIFF: vectors of another algorithm and length than the track's, with a key of their own.
  if ((flags & 0x1U) != 0) {
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "media: moof/traf/senc: overrides the track's encryption; want a sample group"};
  }
  AuxiliaryData out;
  out.has_subsamples = (flags & 0x2U) != 0;
  out.samples = fields.U32();
  out.entries = fields.rest();
  if (!fields.ok()) return TooShort("senc");
  return out;
}

sdk::Status ReadGroupBox(const Box& box, TrackFragment& out) {
  if (box.type == FourCc("sgpd")) {
    auto read = ReadGroupDescriptions(box.body());
    if (!read) return std::move(read).error();
    out.descriptions = std::move(*read);
  } else {
    auto read = ReadGroupRuns(box.body());
    if (!read) return std::move(read).error();
    out.groups = std::move(*read);
  }
  box.Free();
  return sdk::Ok();
}

sdk::Status ReadBox(const Box& box, TrackFragment& out) {
  const auto body = box.body();
  switch (box.type) {
    case FourCc("tfhd"): {
      auto header = ReadHeaderBox(body);
      if (!header) return std::move(header).error();
      out.header = *header;
      return sdk::Ok();
    }
    case FourCc("trun"): {
      auto run = ReadRun(body);
      if (!run) return std::move(run).error();
      if (out.runs.size() == kMaxRuns) return BadMedia("moof/traf: has too many trun");
      out.runs.push_back(*run);
      return sdk::Ok();
    }
    case FourCc("sbgp"):
    case FourCc("sgpd"):
      return IsSeig(body) ? ReadGroupBox(box, out) : sdk::Ok();
    case FourCc("saiz"):
      out.sizes = body;
      box.Free();
      return sdk::Ok();
    case FourCc("saio"):
      out.offsets = body;
      box.Free();
      return sdk::Ok();
    default:
      break;
  }
  const bool piff = IsPiffSenc(box);
  if (box.type != FourCc("senc") && !piff) return sdk::Ok();
  auto auxiliary = ReadAuxiliary(piff ? Octets(body).subspan(kUuidBytes) : Octets(body));
  if (!auxiliary) return std::move(auxiliary).error();
  // Files made for old and new players have both; they say the same.
  if (!out.auxiliary || !piff) out.auxiliary = *auxiliary;
  box.Free();
  return sdk::Ok();
}

}  // namespace

sdk::Result<TrackFragment> ReadTrackFragment(const Box& traf) {
  TrackFragment out;
  Boxes boxes(traf.body(), "moof/traf");
  for (Box box; boxes.Next(box);) {
    if (auto read = ReadBox(box, out); !read) return std::move(read).error();
  }
  if (!boxes.status()) return boxes.status().error();
  if (out.header.track == 0) return BadMedia("moof/traf: has no tfhd that names a track");
  return out;
}

}  // namespace sluice::plugins::cenc
