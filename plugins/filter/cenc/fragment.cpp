// SPDX-License-Identifier: MIT
#include "fragment.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "auxiliary_reader.hpp"
#include "box.hpp"
#include "sample_entry.hpp"
#include "track_fragment.hpp"

namespace sluice::plugins::cenc {
namespace {

constexpr std::uint64_t kMaxOffset = std::numeric_limits<std::int64_t>::max();

/// Puts the samples of one `traf` into the fragment.
class Assembly {
 public:
  /// \param sample_count  of the whole `moof` so far.
  Assembly(const TrackFragment& from, const Track* track, MutableOctets moof, std::uint64_t moof_offset,
           std::size_t& sample_count, Fragment& out)
      : from_(from), track_(track), moof_(moof), moof_offset_(moof_offset), sample_count_(sample_count), out_(out) {}

  /// \param position  where its data begins, unless it says so itself; afterwards, where it ends.
  sdk::Status Run(std::uint64_t& position) {
    if (auto found = FindEntry(); !found) return found;
    if (auto opened = OpenAuxiliary(); !opened) return opened;
    const auto base = from_.header.base_offset.value_or(from_.header.base_is_moof ? moof_offset_ : position);
    std::uint64_t at = base;
    for (const auto& run : from_.runs) {
      if (run.data_offset) at = base + static_cast<std::uint64_t>(std::int64_t{*run.data_offset});
      if (auto read = ReadSamples(run, at); !read) return read;
    }
    position = at;
    return sdk::Ok();
  }

 private:
  std::string Name() const { return "track " + std::to_string(from_.header.track); }

  sdk::Status FindEntry() {
    if (track_ == nullptr) {
      if (!from_.is_marked()) return sdk::Ok();
      return BadMedia(Name() + " is encrypted, and the init section that says how is not known");
    }
    const auto number = from_.header.entry.value_or(track_->default_entry);
    if (number == 0 || number > track_->entries.size()) {
      return BadMedia(Name() + ": sample entry " + std::to_string(number) + " is none of its " +
                      std::to_string(track_->entries.size()));
    }
    const auto& entry = track_->entries[number - 1];
    if (entry.scheme) entry_ = &entry;
    return sdk::Ok();
  }

  /// Initialisation vectors and subsamples may lie anywhere in the file; here they must be within the `moof`.
  sdk::Status OpenAuxiliary() {
    if (entry_ == nullptr) return sdk::Ok();
    if (from_.auxiliary) return auxiliary_.OpenSenc(*from_.auxiliary);
    if (from_.sizes && from_.offsets) {
      const auto base = from_.header.base_offset.value_or(moof_offset_);
      return auxiliary_.OpenSizes(*from_.sizes, *from_.offsets, moof_, base - moof_offset_);
    }
    return sdk::Ok();
  }

  sdk::Status ReadSamples(const cenc::Run& run, std::uint64_t& at) {
    if (run.samples > kMaxSamples - sample_count_) {
      return BadMedia("moof: has more than " + std::to_string(kMaxSamples) + " samples");
    }
    const auto default_size = from_.header.sample_size.value_or(track_ == nullptr ? 0 : track_->default_sample_size);
    for (std::uint32_t i = 0; i < run.samples; ++i, ++sample_count_) {
      const auto fields = run.fields.subspan(std::size_t{i} * run.sample_bytes);
      const auto size =
          run.size_at ? static_cast<std::uint32_t>(ReadNumber(fields.subspan(*run.size_at, 4))) : default_size;
      if (at > kMaxOffset) return BadMedia(Name() + ": a sample lies outside of what a file can be");
      if (entry_ != nullptr) {
        if (auto put = Put(at, size); !put) return put;
      }
      at += size;
    }
    return sdk::Ok();
  }

  /// The protection of the next sample. Null: its group is none that there is.
  const Protection* NextProtection() {
    while (group_ < from_.groups.size() && in_group_ == from_.groups[group_].samples) {
      ++group_;
      in_group_ = 0;
    }
    std::uint32_t index = 0;
    if (group_ < from_.groups.size()) {
      index = from_.groups[group_].index;
      ++in_group_;
    } else if (from_.descriptions && from_.descriptions->default_index != 0) {
      index = kLocal + from_.descriptions->default_index;
    } else {
      index = track_->default_group;
    }
    if (index == 0) return &entry_->defaults;
    const bool local = index > kLocal;
    if (local && !from_.descriptions) return nullptr;
    const auto& groups = local ? from_.descriptions->groups : track_->groups;
    const auto number = local ? index - kLocal : index;
    return number > groups.size() ? nullptr : &groups[number - 1];
  }

  std::uint32_t KindOf(const Protection& protection) {
    if (&protection == last_protection_) return last_kind_;
    last_protection_ = &protection;
    last_kind_ = static_cast<std::uint32_t>(out_.kinds.size());
    out_.kinds.push_back({.scheme = *entry_->scheme, .protection = protection});
    return last_kind_;
  }

  sdk::Status Put(std::uint64_t at, std::uint32_t size) {
    const auto* const protection = NextProtection();
    if (protection == nullptr) return BadMedia(Name() + ": a sample belongs to a group of seig that is not there");
    Sample sample{.offset = at, .size_bytes = size, .iv = protection->constant_iv};
    if (auto read = auxiliary_.Next(*protection, sample, out_.subsamples); !read) {
      return BadMedia(Name() + ": " + read.error().message);
    }
    if (!protection->is_protected || size == 0) return sdk::Ok();
    sample.kind = KindOf(*protection);
    out_.samples.push_back(sample);
    return sdk::Ok();
  }

  static constexpr std::uint32_t kLocal = 0x10000;  ///< Indices above are of the `traf` itself.

  const TrackFragment& from_;
  const Track* const track_;
  const MutableOctets moof_;
  const std::uint64_t moof_offset_;
  std::size_t& sample_count_;
  Fragment& out_;
  const SampleEntry* entry_ = nullptr;  ///< Null: clear.
  AuxiliaryReader auxiliary_;
  std::size_t group_ = 0;
  std::uint32_t in_group_ = 0;
  const Protection* last_protection_ = nullptr;
  std::uint32_t last_kind_ = 0;
};

sdk::Status Arrange(Fragment& fragment) {
  auto& samples = fragment.samples;
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.offset < b.offset; });
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].offset < samples[i - 1].offset + samples[i - 1].size_bytes) {
      return BadMedia("moof: two samples lie over each other");
    }
  }
  return sdk::Ok();
}

}  // namespace

sdk::Result<Fragment> OpenFragment(MutableOctets moof, std::uint64_t offset, const Init* init) {
  const auto header = ReadHeader(moof);
  if (!header) return header.error();
  if (!*header) return BadMedia("moof: is too short");
  Fragment out;
  std::uint64_t position = offset;
  std::size_t sample_count = 0;
  Boxes boxes(moof.subspan((*header)->header_bytes), "moof");
  for (Box box; boxes.Next(box);) {
    if (box.type == FourCc("pssh") || IsPiffPssh(box)) box.Free();
    if (box.type != FourCc("traf")) continue;
    auto traf = ReadTrackFragment(box);
    if (!traf) return std::move(traf).error();
    const auto* const track = init == nullptr ? nullptr : init->Find(traf->header.track);
    if (auto put = Assembly(*traf, track, moof, offset, sample_count, out).Run(position); !put) {
      return std::move(put).error();
    }
  }
  if (!boxes.status()) return boxes.status().error();
  if (auto arranged = Arrange(out); !arranged) return std::move(arranged).error();
  return out;
}

}  // namespace sluice::plugins::cenc
