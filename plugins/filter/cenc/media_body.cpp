// SPDX-License-Identifier: MIT
#include "media_body.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace sluice::plugins::cenc {
namespace {

constexpr std::size_t kMinHeaderBytes = 8;
constexpr std::size_t kKeptBytes = 256 * 1024;  // of a buffer that had to grow for one large box
constexpr std::size_t kPieceBytes = 8 * 1024;   // what the processor's nearest cache has room for

constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

bool IsHeld(std::uint32_t type) { return type == FourCc("moov") || type == FourCc("moof") || type == FourCc("pssh"); }

std::uint64_t MaxHeld(std::uint32_t type) {
  return type == FourCc("moov") ? MediaBody::kMaxMoovBytes : MediaBody::kMaxMoofBytes;
}

}  // namespace

MediaBody::MediaBody(std::unique_ptr<KeySource> keys, MediaOptions options, Learn learn)
    : keys_(std::move(keys)),
      is_part_(options.is_part),
      wanted_from_(options.wanted_from),
      behind_(std::move(options.behind)),
      learn_(std::move(learn)),
      init_(std::move(options.init)),
      position_(options.position) {}

sdk::Status MediaBody::Write(std::span<const std::byte> chunk, sdk::ByteSink& next) {
  if (state_ == State::kForeign && position_ >= wanted_from_) return next.Write(chunk);
  for (Octets rest = chunk; !rest.empty();) {
    if (auto taken = Take(rest); !taken) return taken;
  }
  return settled_ || out_.size() > kKeptBytes ? Flush(next) : sdk::Ok();
}

sdk::Status MediaBody::Take(Octets& chunk) {
  switch (state_) {
    case State::kHeader:
      return TakeHeader(chunk);
    case State::kHold:
      return TakeHeld(chunk);
    case State::kSamples:
      return TakeSamples(chunk);
    case State::kPass:
      PassOn(chunk);
      return box_left_ == 0 ? EndBox() : sdk::Ok();
    case State::kForeign:
      break;
  }
  box_left_ = kToTheEnd;
  PassOn(chunk);
  return sdk::Ok();
}

sdk::Status MediaBody::TakeHeader(Octets& chunk) {
  held_.push_back(chunk.front());
  chunk = chunk.subspan(1);
  ++position_;
  if (held_.size() < kMinHeaderBytes) return sdk::Ok();
  if (first_box_) {
    if (auto checked = CheckFirst(); !checked || state_ == State::kForeign) return checked;
  }
  const auto header = ReadHeader(held_);
  if (!header) return header.error();
  return *header ? EnterBox(**header) : sdk::Ok();
}

/// What does not begin with a box that files begin with is no such file: a playlist, a transport stream, an image.
sdk::Status MediaBody::CheckFirst() {
  first_box_ = false;
  if (BeginsFiles(static_cast<std::uint32_t>(ReadNumber(Octets(held_).subspan(4, 4))))) return sdk::Ok();
  if (position_ != held_.size()) {
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "media: a part that does not begin with a box cannot be decrypted"};
  }
  state_ = State::kForeign;
  settled_ = true;
  out_.insert(out_.end(), held_.begin(), held_.end());
  held_.clear();
  return sdk::Ok();
}

sdk::Status MediaBody::EnterBox(const BoxHeader& header) {
  box_type_ = header.type;
  box_start_ = position_ - header.header_bytes;
  box_left_ = header.size == 0 ? kToTheEnd : header.size - header.header_bytes;
  if (IsHeld(header.type)) {
    if (header.size == 0) return BadMedia("box " + NameOf(header.type) + " has size 0; want its size");
    if (header.size > MaxHeld(header.type)) {
      return BadMedia("box " + NameOf(header.type) + " of " + std::to_string(header.size) + " octets; want at most " +
                      std::to_string(MaxHeld(header.type)));
    }
    state_ = State::kHold;
    return box_left_ == 0 ? OpenHeld() : sdk::Ok();
  }
  if (header.size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) - box_start_) {
    return BadMedia("box " + NameOf(header.type) + " of " + std::to_string(header.size) +
                    " octets; no file is as long");
  }
  out_.insert(out_.end(), held_.begin(), held_.end());
  held_.clear();
  state_ = header.type == FourCc("mdat") ? State::kSamples : State::kPass;
  if (state_ == State::kSamples && sample_ < fragment_.samples.size() &&
      fragment_.samples[sample_].offset < position_) {
    return BadMedia("moof: a sample lies in front of its mdat");
  }
  settled_ = settled_ || (state_ == State::kSamples && sample_ == fragment_.samples.size());
  return box_left_ == 0 ? EndBox() : sdk::Ok();
}

sdk::Status MediaBody::TakeHeld(Octets& chunk) {
  const auto part = chunk.first(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), box_left_)));
  held_.insert(held_.end(), part.begin(), part.end());
  chunk = chunk.subspan(part.size());
  position_ += part.size();
  box_left_ -= part.size();
  return box_left_ == 0 ? OpenHeld() : sdk::Ok();
}

sdk::Status MediaBody::OpenHeld() {
  if (box_type_ == FourCc("moov")) {
    auto init = OpenInit(held_);
    if (!init) return std::move(init).error();
    init_ = std::make_shared<const Init>(std::move(*init));
    if (learn_) learn_(init_);
  } else if (box_type_ == FourCc("moof")) {
    if (auto passed = CheckAllPassed(); !passed) return passed;
    auto fragment = OpenFragment(held_, box_start_, init_.get());
    if (!fragment) return std::move(fragment).error();
    fragment_ = std::move(*fragment);
    sample_ = 0;
  } else {
    WriteFourCc(kFree, MutableOctets(held_).subspan(4, 4));
  }
  out_.insert(out_.end(), held_.begin(), held_.end());
  held_ = {};
  return EndBox();
}

void MediaBody::PassOn(Octets& chunk) {
  const auto part = chunk.first(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), box_left_)));
  out_.insert(out_.end(), part.begin(), part.end());
  chunk = chunk.subspan(part.size());
  position_ += part.size();
  if (box_left_ != kToTheEnd) box_left_ -= part.size();
}

sdk::Status MediaBody::TakeSamples(Octets& chunk) {
  const auto size = std::min<std::uint64_t>(std::min(chunk.size(), kPieceBytes), box_left_);
  const auto piece = chunk.first(static_cast<std::size_t>(size));
  const bool some_wait = pending_ != 0;
  if (some_wait) {
    out_.insert(out_.end(), piece.begin(), piece.end());
  } else {
    out_.resize(out_.size() + piece.size());  // room to decrypt to
  }
  chunk = chunk.subspan(piece.size());
  position_ += piece.size();
  if (box_left_ != kToTheEnd) box_left_ -= piece.size();
  pending_ += piece.size();
  if (auto decrypted = DecryptTail(some_wait ? Octets(out_).last(pending_) : piece); !decrypted) return decrypted;
  return box_left_ == 0 ? EndBox() : sdk::Ok();
}

/// \param from  what shall be decrypted to the end of `out_`, or is there already: `pending_` octets.
sdk::Status MediaBody::DecryptTail(Octets from) {
  const auto copy = [&](std::size_t size) {
    auto* const to = out_.data() + out_.size() - pending_;
    if (from.data() != to) std::copy_n(from.begin(), size, to);
    from = from.subspan(size);
  };
  while (pending_ != 0) {
    if (sample_ == fragment_.samples.size()) {
      copy(pending_);
      pending_ = 0;
      break;
    }
    const auto& sample = fragment_.samples[sample_];
    const auto at = position_ - pending_;
    if (!in_sample_) {
      if (at < sample.offset) {  // what lies between samples is nobody's
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(sample.offset - at, pending_));
        copy(size);
        pending_ -= size;
        continue;
      }
      if (auto begun = BeginSample(sample); !begun) return begun;
    }
    const auto size = std::min<std::size_t>(pending_, sample_left_);
    const auto done = cipher_.Run(from.first(size), out_.data() + out_.size() - pending_);
    if (!done) return done.error();
    from = from.subspan(*done);
    pending_ -= *done;
    sample_left_ -= static_cast<std::uint32_t>(*done);
    if (sample_left_ == 0) {
      in_sample_ = false;
      ++sample_;
    } else if (*done < size) {
      copy(pending_);  // they wait for the rest of their block
      break;
    }
  }
  return sdk::Ok();
}

sdk::Status MediaBody::BeginSample(const Sample& sample) {
  const auto& kind = fragment_.kinds[sample.kind];
  const auto key = keys_->Find(kind.protection.kid);
  if (!key) return key.error();
  const auto subsamples =
      std::span<const Subsample>(fragment_.subsamples).subspan(sample.first_subsample, sample.subsample_count);
  settled_ = true;
  in_sample_ = true;
  sample_left_ = sample.size_bytes;
  return cipher_.Begin(sample, kind, subsamples, *key);
}

sdk::Status MediaBody::EndBox() {
  if (in_sample_) {
    return BadMedia("moof: a sample of " + std::to_string(fragment_.samples[sample_].size_bytes) +
                    " octets goes beyond its mdat");
  }
  state_ = State::kHeader;
  return sdk::Ok();
}

sdk::Status MediaBody::CheckAllPassed() const {
  if (sample_ == fragment_.samples.size()) return sdk::Ok();
  return BadMedia("moof: " + std::to_string(fragment_.samples.size() - sample_) + " samples lie outside of an mdat");
}

sdk::Status MediaBody::Flush(sdk::ByteSink& next) {
  const auto ready = out_.size() - pending_;
  if (ready == 0) return sdk::Ok();
  const auto first = position_ - held_.size() - out_.size();
  const auto unwanted = first >= wanted_from_ ? 0 : std::min<std::uint64_t>(wanted_from_ - first, ready);
  const auto wanted = Octets(out_).first(ready).subspan(static_cast<std::size_t>(unwanted));
  auto written = wanted.empty() ? sdk::Ok() : next.Write(wanted);
  out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(ready));
  if (out_.capacity() > kKeptBytes) out_.shrink_to_fit();
  return written;
}

/// A body that was cut off must not look as if it were whole.
sdk::Status MediaBody::CheckEnd() const {
  if (pending_ != 0) {
    return sdk::Error{.code = sdk::Errc::kUnsupported,
                      .message = "media: a part that ends within a block of the cipher cannot be decrypted"};
  }
  if (is_part_ || first_box_) return sdk::Ok();
  if (state_ == State::kHeader && held_.empty()) return CheckAllPassed();
  if (state_ == State::kHeader) return BadMedia("the file ends within the header of a box");
  if (box_left_ == kToTheEnd && !in_sample_) return CheckAllPassed();
  return BadMedia("the file ends within box " + NameOf(box_type_) + ", which began at octet " +
                  std::to_string(box_start_));
}

sdk::Status MediaBody::Finish(sdk::ByteSink& next) {
  if (state_ == State::kForeign) return sdk::Ok();
  std::size_t lent = 0;  // of the octets that are not the part's own
  if (pending_ != 0 || !held_.empty()) {
    lent = behind_.size();
    for (Octets rest = behind_; !rest.empty();) {
      if (auto taken = Take(rest); !taken) return taken;
    }
    pending_ -= std::min(pending_, lent);
  }
  if (auto checked = CheckEnd(); !checked) return checked;
  out_.insert(out_.end(), held_.begin(), held_.end());
  held_ = {};
  position_ -= lent;
  out_.resize(out_.size() - lent);
  return Flush(next);
}

}  // namespace sluice::plugins::cenc
