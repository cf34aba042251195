// SPDX-License-Identifier: MIT
#include "protection.hpp"

#include <utility>

#include "box.hpp"

namespace sluice::plugins::cenc {
namespace {

sdk::Error TooShort(const std::string& name) { return BadMedia(name + ": is too short for what it says it holds"); }

}  // namespace

std::optional<Scheme> SchemeOf(std::uint32_t code) {
  switch (code) {
    case FourCc("cenc"):
      return Scheme::kCenc;
    case FourCc("cens"):
      return Scheme::kCens;
    case FourCc("cbc1"):
      return Scheme::kCbc1;
    case FourCc("cbcs"):
      return Scheme::kCbcs;
    default:
      return std::nullopt;
  }
}

sdk::Result<Protection> ReadProtection(Fields& fields, bool has_pattern, const std::string& name) {
  Protection out;
  fields.Skip(1);
  const auto pattern = fields.U8();
  if (has_pattern) {
    out.crypt_blocks = pattern >> 4U;
    out.skip_blocks = pattern & 15U;
  }
  out.is_protected = fields.U8() != 0;
  out.iv_bytes = fields.U8();
  out.kid = TakeBlock(fields);
  if (out.iv_bytes != 0 && out.iv_bytes != 8 && out.iv_bytes != 16) {
    return BadMedia(name + ": initialisation vectors of " + std::to_string(out.iv_bytes) + " octets; want 8 or 16");
  }
  if (out.is_protected && out.iv_bytes == 0) {
    const auto size = fields.U8();
    if (size != 8 && size != 16) {
      return BadMedia(name + ": a constant initialisation vector of " + std::to_string(size) + " octets; want 8 or 16");
    }
    out.constant_iv = TakeBlock(fields, size);
  }
  if (!fields.ok()) return TooShort(name);
  return out;
}

bool IsSeig(Octets body) { return body.size() >= 8 && ReadNumber(body.subspan(4, 4)) == FourCc("seig"); }

sdk::Result<GroupDescriptions> ReadGroupDescriptions(Octets body) {
  Fields fields(body);
  const auto version = fields.U8();
  fields.Skip(3 + 4);
  const auto length = version >= 1 ? fields.U32() : 0;
  GroupDescriptions out;
  if (version >= 2) out.default_index = fields.U32();
  const auto count = fields.U32();
  for (std::uint32_t i = 0; i < count; ++i) {
    // Version 0 does not say how long its entries are: each is as long as what stands in it.
    const auto size = version == 0 ? 0 : length != 0 ? length : fields.U32();
    Fields entry(version == 0 ? fields.rest() : fields.Take(size));
    if (!fields.ok()) return TooShort("sgpd");
    auto group = ReadProtection(entry, true, "sgpd");
    if (!group) return std::move(group).error();
    if (version == 0) fields.Skip(fields.rest().size() - entry.rest().size());
    out.groups.push_back(*group);
  }
  if (!fields.ok()) return TooShort("sgpd");
  return out;
}

sdk::Result<std::vector<GroupRun>> ReadGroupRuns(Octets body) {
  Fields fields(body);
  const auto version = fields.U8();
  fields.Skip(3 + 4 + (version == 1 ? 4 : 0));
  const auto count = fields.U32();
  if (count > fields.rest().size() / 8) return TooShort("sbgp");
  std::vector<GroupRun> runs(count);
  for (auto& run : runs) {
    run.samples = fields.U32();
    run.index = fields.U32();
  }
  if (!fields.ok()) return TooShort("sbgp");
  return runs;
}

}  // namespace sluice::plugins::cenc
