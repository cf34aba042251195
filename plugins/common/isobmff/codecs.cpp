// SPDX-License-Identifier: MIT
#include "common/isobmff/codecs.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "common/isobmff/box_header.hpp"

namespace sluice::plugins::isobmff {
namespace {

constexpr std::size_t kMaxTracks = 16;
constexpr std::size_t kMaxEntries = 16;
/// Fields before the boxes of a sample entry, the entry's own header left out (ISO/IEC 14496-12 §12.1.3, §12.2.3);
/// QuickTime has 16 or 36 octets more of those of sound.
constexpr std::size_t kVideoFields = 78;
constexpr std::size_t kAudioFields = 28;
constexpr std::size_t kEntryFields = 8;

struct Child {
  std::uint32_t type = 0;
  Octets body{};
};

/// Takes one box off the front. \returns  nothing: none is there whole.
std::optional<Child> TakeBox(Octets& rest) {
  const auto read = ReadHeader(rest);
  if (!read || !*read) return std::nullopt;
  const auto& header = **read;
  const auto size = header.size == 0 ? rest.size() : header.size;
  if (size > rest.size()) return std::nullopt;
  const Child child{header.type, rest.first(size).subspan(header.header_bytes)};
  rest = rest.subspan(size);
  return child;
}

std::optional<Octets> FindBox(Octets boxes, std::uint32_t type) {
  while (const auto child = TakeBox(boxes))
    if (child->type == type) return child->body;
  return std::nullopt;
}

/// Down a path of boxes, one in the other.
std::optional<Octets> FindWithin(Octets boxes, std::initializer_list<std::uint32_t> path) {
  std::optional<Octets> at = boxes;
  for (const auto type : path)
    if (at) at = FindBox(*at, type);
  return at;
}

/// A box of a sample entry, wherever the boxes of such an entry may begin.
std::optional<Octets> FindInEntry(Octets entry, std::uint32_t type) {
  for (const auto fields : {kVideoFields, kAudioFields, kAudioFields + 16, kAudioFields + 36}) {
    if (fields > entry.size()) continue;
    if (const auto found = FindBox(entry.subspan(fields), type)) return found;
  }
  return std::nullopt;
}

template <typename... Values>
std::string Format(const char* format, Values... values) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), format, values...);
  return out.data();
}

/// ISO/IEC 14496-15 Annex E: profile, compatible profiles and level of `avcC`.
std::string AvcCodec(const std::string& name, Octets avcc) {
  Fields fields(avcc);
  fields.Skip(1);
  const auto number = static_cast<unsigned>(ReadNumber(fields.Take(3)));
  return fields.ok() ? name + Format(".%06x", number) : std::string();
}

/// ISO/IEC 14496-15 Annex E, of `hvcC`: "hvc1.2.4.L153.B0".
std::string HevcCodec(const std::string& name, Octets hvcc) {
  Fields fields(hvcc);
  fields.Skip(1);
  const unsigned profile = fields.U8();
  const auto compatible = fields.U32();
  const auto constraints = fields.Take(6);
  const unsigned level = fields.U8();
  if (!fields.ok()) return {};
  std::uint32_t reversed = 0;
  for (unsigned bit = 0; bit < 32; ++bit) reversed |= ((compatible >> bit) & 1U) << (31U - bit);
  constexpr std::array<std::string_view, 4> kSpaces{"", "A", "B", "C"};
  auto out = name + "." + std::string(kSpaces[profile >> 6U]) +
             Format("%u.%X.%c%u", profile & 0x1FU, reversed, (profile & 0x20U) != 0 ? 'H' : 'L', level);
  auto count = constraints.size();
  while (count > 0 && constraints[count - 1] == std::byte{0}) --count;
  for (const auto octet : constraints.first(count)) out += Format(".%X", std::to_integer<unsigned>(octet));
  return out;
}

/// AV1 in ISOBMFF §5: what follows the depth is optional.
std::string Av1Codec(const std::string& name, Octets av1c) {
  Fields fields(av1c);
  fields.Skip(1);
  const unsigned profile = fields.U8();
  const unsigned flags = fields.U8();
  if (!fields.ok()) return {};
  const bool high = (flags & 0x40U) != 0;
  const unsigned depth = high && (flags & 0x20U) != 0 ? 12 : high ? 10 : 8;
  return name + Format(".%u.%02u%c.%02u", profile >> 5U, profile & 0x1FU, (flags & 0x80U) != 0 ? 'H' : 'M', depth);
}

/// VP Codec ISO Media File Format Binding: what follows the depth is optional, and left out where it is as assumed.
std::string Vp9Codec(const std::string& name, Octets vpcc) {
  Fields fields(vpcc);
  fields.Skip(4);
  const unsigned profile = fields.U8();
  const unsigned level = fields.U8();
  const unsigned format = fields.U8();
  const unsigned primaries = fields.U8();
  const unsigned transfer = fields.U8();
  const unsigned matrix = fields.U8();
  if (!fields.ok()) return {};
  auto out = name + Format(".%02u.%02u.%02u", profile, level, format >> 4U);
  const unsigned chroma = (format >> 1U) & 7U;
  const unsigned full = format & 1U;
  if (chroma == 1 && primaries == 1 && transfer == 1 && matrix == 1 && full == 0) return out;
  return out + Format(".%02u.%02u.%02u.%02u.%02u", chroma, primaries, transfer, matrix, full);
}

/// The content of the descriptor at the front, if it is of that kind (ISO/IEC 14496-1 §8.3.3).
Octets TakeDescriptor(Fields& fields, std::uint8_t tag) {
  if (fields.U8() != tag) return {};
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned octet = fields.U8();
    size = size << 7U | (octet & 0x7FU);
    if ((octet & 0x80U) == 0) break;
  }
  return fields.Take(std::min(size, fields.rest().size()));
}

/// RFC 6381 §3.3, of `esds`: the kind of stream, and of MPEG-4 audio the object type (ISO/IEC 14496-3 §1.6.2.1).
std::string Mp4aCodec(const std::string& name, Octets esds) {
  Fields fields(esds);
  fields.Skip(4);
  Fields stream(TakeDescriptor(fields, 3));
  stream.Skip(2);
  const unsigned flags = stream.U8();
  if ((flags & 0x80U) != 0) stream.Skip(2);
  if ((flags & 0x40U) != 0) stream.Skip(stream.U8());
  if ((flags & 0x20U) != 0) stream.Skip(2);
  Fields decoder(TakeDescriptor(stream, 4));
  const unsigned kind = decoder.U8();
  if (!decoder.ok() || kind == 0) return {};
  if (kind != 0x40) return name + Format(".%02x", kind);
  decoder.Skip(12);
  Fields specific(TakeDescriptor(decoder, 5));
  const unsigned bits = specific.U16();
  if (!specific.ok()) return {};
  const unsigned object = bits >> 11U;
  return name + Format(".40.%u", object == 31 ? 32 + ((bits >> 5U) & 0x3FU) : object);
}

/// Text up to a zero, which goes too.
std::string_view TakeText(std::string_view& rest) {
  const auto text = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(std::min(text.size() + 1, rest.size()));
  return text;
}

/// "stpp", or, where the entry says which processor profile it wants, "stpp.ttml.im1t" (W3C TTML Profiles).
std::string TtmlCodec(const std::string& name, Octets entry) {
  if (entry.size() < kEntryFields) return {};
  const auto body = entry.subspan(kEntryFields);
  std::string_view rest(reinterpret_cast<const char*>(body.data()), body.size());
  for (int i = 0; i < 3; ++i) TakeText(rest);
  const auto mime = FindBox(body.subspan(body.size() - rest.size()), FourCc("mime"));
  if (!mime || mime->size() < 4) return name;
  std::string_view type(reinterpret_cast<const char*>(mime->data()) + 4, mime->size() - 4);
  type = TakeText(type);
  constexpr std::string_view kCodecs = "codecs=";
  const auto at = type.find(kCodecs);
  if (at == std::string_view::npos) return name;
  auto profile = type.substr(at + kCodecs.size());
  if (profile.starts_with('"')) profile.remove_prefix(1);
  profile = profile.substr(0, profile.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"));
  return profile.empty() || profile.size() > 16 ? name : name + ".ttml." + std::string(profile);
}

struct Configured {
  std::uint32_t entry;
  std::uint32_t box;
  std::string (*codec)(const std::string& name, Octets box);
};
constexpr std::array kConfigured{
    Configured{FourCc("avc1"), FourCc("avcC"), &AvcCodec},  Configured{FourCc("avc3"), FourCc("avcC"), &AvcCodec},
    Configured{FourCc("hvc1"), FourCc("hvcC"), &HevcCodec}, Configured{FourCc("hev1"), FourCc("hvcC"), &HevcCodec},
    Configured{FourCc("av01"), FourCc("av1C"), &Av1Codec},  Configured{FourCc("vp09"), FourCc("vpcC"), &Vp9Codec},
    Configured{FourCc("mp4a"), FourCc("esds"), &Mp4aCodec},
};
/// Whose names say all.
constexpr std::array kPlain{FourCc("ac-3"), FourCc("ec-3"), FourCc("Opus"), FourCc("fLaC"), FourCc("wvtt")};

/// \returns  empty: it has no name here.
std::string CodecOf(std::uint32_t type, Octets entry) {
  if (type == FourCc("encv") || type == FourCc("enca")) {
    const auto sinf = FindInEntry(entry, FourCc("sinf"));
    const auto format = sinf ? FindBox(*sinf, FourCc("frma")) : std::nullopt;
    if (!format || format->size() < 4) return {};
    type = static_cast<std::uint32_t>(ReadNumber(format->first(4)));
  }
  if (type == FourCc("stpp")) return TtmlCodec(NameOf(type), entry);
  if (std::find(kPlain.begin(), kPlain.end(), type) != kPlain.end()) return NameOf(type);
  for (const auto& known : kConfigured) {
    if (known.entry != type) continue;
    const auto box = FindInEntry(entry, known.box);
    return box ? known.codec(NameOf(type), *box) : std::string();
  }
  return {};
}

/// Whether a codec of the track is for players to know: timed metadata and hints are not.
bool IsPlayed(Octets mdia) {
  const auto hdlr = FindBox(mdia, FourCc("hdlr"));
  Fields fields(hdlr.value_or(Octets{}));
  fields.Skip(8);
  const auto handler = fields.U32();
  return handler == FourCc("vide") || handler == FourCc("soun") || handler == FourCc("text") ||
         handler == FourCc("subt");
}

/// \returns  false: an entry has no name, or there are none.
bool AddCodecs(Octets stsd, std::vector<std::string>& out) {
  Fields fields(stsd);
  fields.Skip(8);
  auto rest = fields.rest();
  std::size_t count = 0;
  while (const auto entry = TakeBox(rest)) {
    if (++count > kMaxEntries) return false;
    auto codec = CodecOf(entry->type, entry->body);
    if (codec.empty()) return false;
    if (std::find(out.begin(), out.end(), codec) == out.end()) out.push_back(std::move(codec));
  }
  return count > 0 && rest.empty();
}

}  // namespace

sdk::Result<std::string> ReadCodecs(Octets octets) {
  const auto moov = FindBox(octets, FourCc("moov"));
  if (!moov) return BadMedia("want a whole moov");
  std::vector<std::string> codecs;
  std::size_t tracks = 0;
  for (auto rest = *moov; const auto child = TakeBox(rest);) {
    if (child->type != FourCc("trak")) continue;
    if (++tracks > kMaxTracks) return BadMedia("moov: more than " + std::to_string(kMaxTracks) + " tracks");
    const auto mdia = FindBox(child->body, FourCc("mdia"));
    if (!mdia || !IsPlayed(*mdia)) continue;
    const auto stsd = FindWithin(*mdia, {FourCc("minf"), FourCc("stbl"), FourCc("stsd")});
    if (!stsd || !AddCodecs(*stsd, codecs)) return BadMedia("moov: a track whose codec has no name");
  }
  if (codecs.empty()) return BadMedia("moov: has no track to be played");
  std::string out;
  for (const auto& codec : codecs) out.append(out.empty() ? "" : ",").append(codec);
  return out;
}

}  // namespace sluice::plugins::isobmff
