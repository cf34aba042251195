// SPDX-License-Identifier: MIT
#include "sample_entry.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::plugins::cenc {
namespace {

constexpr std::uint32_t kUuid = FourCc("uuid");

constexpr Block Uuid(std::uint64_t high, std::uint64_t low) {
  Block out{};
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<std::byte>((high >> (56 - 8 * i)) & 0xFFU);
    out[8 + i] = static_cast<std::byte>((low >> (56 - 8 * i)) & 0xFFU);
  }
  return out;
}
constexpr Block kPiffSenc = Uuid(0xA2394F525A9B4F14U, 0xA2446C427C648DF4U);
constexpr Block kPiffTenc = Uuid(0x8974DBCE7BE74C51U, 0x84F97148F9882554U);
constexpr Block kPiffPssh = Uuid(0xD08A4F1810F34A82U, 0xB6C832D8ABA183D3U);

bool IsUuid(const Box& box, const Block& uuid) {
  return box.type == kUuid && box.body().size() >= kUuidBytes &&
         std::equal(uuid.begin(), uuid.end(), box.body().begin());
}

bool IsEncrypted(std::uint32_t type) {
  return type == FourCc("encv") || type == FourCc("enca") || type == FourCc("enct") || type == FourCc("encs");
}

/// Finds `sinf` among the boxes that begin at `offset`. Nothing where these are no boxes: then the fields in front of
/// them are longer.
std::optional<Box> SinfFrom(const Box& entry, std::size_t offset) {
  if (offset > entry.body().size()) return std::nullopt;
  auto found = FindBox(entry.body().subspan(offset), FourCc("sinf"), "stsd");
  return found ? *found : std::nullopt;
}

/// Where the boxes of an entry begin depends on its kind: 78 octets of video fields, 28 of audio ones; QuickTime has
/// 16 or 36 more of these. Text has strings in front.
std::optional<Box> FindSinf(const Box& entry) {
  constexpr std::array<std::size_t, 5> kOffsets = {78, 28, 28 + 16, 28 + 36, 8};
  for (const auto offset : kOffsets) {
    if (auto sinf = SinfFrom(entry, offset)) return sinf;
  }
  const auto body = entry.body();
  constexpr std::array kName = {std::byte{'s'}, std::byte{'i'}, std::byte{'n'}, std::byte{'f'}};
  const auto name = std::search(body.begin(), body.end(), kName.begin(), kName.end());
  const auto at = static_cast<std::size_t>(name - body.begin());
  return name == body.end() || at < 4 ? std::nullopt : SinfFrom(entry, at - 4);
}

/// `schm`: the scheme's code.
std::uint32_t CodeOf(const Box& schm) {
  Fields fields(schm.body());
  fields.Skip(4);
  return fields.U32();
}

sdk::Status ReadTenc(const Box& schi, SampleEntry& entry) {
  bool found = false;
  Boxes boxes(schi.body(), "stsd/sinf/schi");
  for (Box box; boxes.Next(box);) {
    const bool piff = IsUuid(box, kPiffTenc);
    if (found || (box.type != FourCc("tenc") && !piff)) continue;
    found = true;
    Fields fields(piff ? box.body().subspan(kUuidBytes) : box.body());
    const bool has_pattern = fields.U8() != 0 && !piff;
    fields.Skip(3);
    auto defaults = ReadProtection(fields, has_pattern, "tenc");
    if (!defaults) return std::move(defaults).error();
    entry.defaults = *defaults;
    // What is "is protected" in a tenc was the algorithm in PIFF: 1 counter mode, 2 cipher block chaining.
    if (piff) entry.scheme = fields.ok() && box.body()[kUuidBytes + 6] == std::byte{2} ? Scheme::kCbc1 : Scheme::kCenc;
  }
  if (!boxes.status()) return boxes.status();
  return found ? sdk::Ok() : BadMedia("stsd/sinf/schi: has no tenc");
}

}  // namespace

bool IsPiffSenc(const Box& box) { return IsUuid(box, kPiffSenc); }
bool IsPiffPssh(const Box& box) { return IsUuid(box, kPiffPssh); }

sdk::Result<SampleEntry> OpenSampleEntry(const Box& box) {
  SampleEntry entry;
  if (!IsEncrypted(box.type)) return entry;
  const auto name = NameOf(box.type);
  const auto sinf = FindSinf(box);
  if (!sinf) return BadMedia("stsd/" + name + ": has no sinf");
  std::uint32_t code = 0;
  std::optional<std::uint32_t> format;
  std::optional<Box> schi;
  Boxes boxes(sinf->body(), "stsd/sinf");
  for (Box part; boxes.Next(part);) {
    if (part.type == FourCc("schm")) code = CodeOf(part);
    if (part.type == FourCc("schi")) schi = part;
    if (part.type == FourCc("frma") && part.body().size() >= 4)
      format = static_cast<std::uint32_t>(ReadNumber(part.body().first(4)));
  }
  if (!boxes.status()) return boxes.status().error();
  if (!format) return BadMedia("stsd/" + name + "/sinf: has no frma");
  entry.scheme = SchemeOf(code);
  if (!entry.scheme && code != FourCc("piff")) {
    return sdk::Error{
        .code = sdk::Errc::kUnsupported,
        .message = "media: encrypted by the scheme `" + NameOf(code) + "`; want cenc, cens, cbc1 or cbcs"};
  }
  if (!schi) return BadMedia("stsd/" + name + "/sinf: has no schi");
  if (auto read = ReadTenc(*schi, entry); !read) return std::move(read).error();
  if (!entry.scheme) return BadMedia("stsd/" + name + "/sinf: scheme piff without its tenc");
  WriteFourCc(*format, box.whole.subspan(4, 4));
  sinf->Free();
  return entry;
}

}  // namespace sluice::plugins::cenc
