// SPDX-License-Identifier: MIT
#include "auxiliary_reader.hpp"

#include <numeric>
#include <string>
#include <utility>

#include "box.hpp"

namespace sluice::plugins::cenc {
namespace {

sdk::Error Fault(std::string message) { return {.code = sdk::Errc::kUpstreamFailed, .message = std::move(message)}; }

/// Skips what names a kind of auxiliary information; absent, it is the scheme's.
Fields BodyOf(Octets box, std::uint8_t& version) {
  Fields fields(box);
  version = fields.U8();
  fields.Skip(2);
  if ((fields.U8() & 1U) != 0) fields.Skip(8);
  return fields;
}

}  // namespace

sdk::Status AuxiliaryReader::OpenSenc(const AuxiliaryData& senc) {
  form_ = Form::kSenc;
  has_subsamples_ = senc.has_subsamples;
  left_ = senc.samples;
  entries_ = Fields(senc.entries);
  return sdk::Ok();
}

sdk::Status AuxiliaryReader::OpenSizes(Octets saiz, Octets saio, Octets moof, std::uint64_t base) {
  form_ = Form::kSizes;
  std::uint8_t version = 0;
  auto sizes = BodyOf(saiz, version);
  entry_bytes_ = sizes.U8();
  left_ = sizes.U32();
  if (entry_bytes_ == 0) sizes_ = sizes.Take(left_);
  auto offsets = BodyOf(saio, version);
  const auto count = offsets.U32();
  const auto offset = base + (version == 0 ? offsets.U32() : offsets.U64());
  if (!sizes.ok() || !offsets.ok()) return BadMedia("moof/traf/saiz, saio: too short for what they say they hold");
  const auto total = entry_bytes_ != 0 ? std::uint64_t{entry_bytes_} * left_
                                       : std::accumulate(sizes_.begin(), sizes_.end(), std::uint64_t{0},
                                                         [](std::uint64_t sum, std::byte size) {
                                                           return sum + std::to_integer<std::uint64_t>(size);
                                                         });
  if (count != 1 || offset > moof.size() || total > moof.size() - offset) {
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "media: initialisation vectors lie outside of their moof; want a senc"};
  }
  entries_ = Fields(moof.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(total)));
  return sdk::Ok();
}

sdk::Status AuxiliaryReader::Next(const Protection& protection, Sample& sample, std::vector<Subsample>& subsamples) {
  if (left_ == 0) {
    if (!protection.is_protected || (form_ == Form::kNone && protection.iv_bytes == 0)) return sdk::Ok();
    return Fault(form_ == Form::kNone ? "encrypted samples, and no senc that says how"
                                      : "senc has fewer samples than the runs");
  }
  --left_;
  Fields from = entries_;
  if (form_ == Form::kSizes) {
    std::size_t size = entry_bytes_;
    if (size == 0) {
      size = std::to_integer<std::size_t>(sizes_.front());
      sizes_ = sizes_.subspan(1);
    }
    from = Fields(entries_.Take(size));
  }
  if (protection.is_protected && protection.iv_bytes != 0) sample.iv = TakeBlock(from, protection.iv_bytes);
  const bool has_subsamples = form_ == Form::kSenc ? has_subsamples_ : !from.rest().empty();
  if (has_subsamples && from.ok()) {
    if (auto read = ReadSubsamples(from, sample, subsamples); !read) return read;
  }
  if (!from.ok()) return Fault("senc is cut off");
  if (form_ == Form::kSenc) entries_ = from;
  return sdk::Ok();
}

sdk::Status AuxiliaryReader::ReadSubsamples(Fields& from, Sample& sample, std::vector<Subsample>& subsamples) {
  const auto count = from.U16();
  sample.first_subsample = static_cast<std::uint32_t>(subsamples.size());
  sample.subsample_count = count;
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    Subsample subsample;
    subsample.clear_bytes = from.U16();
    subsample.protected_bytes = from.U32();
    if (!from.ok()) return Fault("senc is cut off");
    total += std::uint64_t{subsample.clear_bytes} + subsample.protected_bytes;
    subsamples.push_back(subsample);
  }
  if (total > sample.size_bytes) {
    return Fault("subsamples of " + std::to_string(total) + " octets in a sample of " +
                 std::to_string(sample.size_bytes));
  }
  return sdk::Ok();
}

}  // namespace sluice::plugins::cenc
