// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MediaBody: one file or segment on its way to the viewer, decrypted as it passes.

#include <cstdint>
#include <functional>
#include <memory>
#include <sluice/sdk/filter.hpp>
#include <vector>

#include "box.hpp"
#include "cipher.hpp"
#include "fragment.hpp"
#include "init.hpp"
#include "keys.hpp"

namespace sluice::plugins::cenc {

struct MediaOptions {
  std::shared_ptr<const Init> init{};  ///< Of a media segment; null: the body itself has one, or none is known.
  std::uint64_t position = 0;          ///< Of the first octet in the file.
  std::uint64_t wanted_from = 0;       ///< Octets in front of this one are read, and not put out.
  std::vector<std::byte> behind{};     ///< What follows a part that ends within a box or a block of the cipher.
  bool is_part = false;                ///< The body may end within a box: a part of the file was asked for.
};

/// Puts out as many octets as it takes in. Holds a `moov` or a `moof` at a time and fewer octets than a block of AES;
/// and what stands in front of the first samples until these are known to be clear or to have a key, so that a viewer
/// is told what is wrong. A body that does not begin as ISO base media files do passes untouched.
class MediaBody final : public sdk::BodyTransform {
 public:
  /// Told of each init section that passes.
  using Learn = std::function<void(std::shared_ptr<const Init>)>;

  static constexpr std::uint64_t kMaxMoovBytes = 32 * 1024 * 1024;
  static constexpr std::uint64_t kMaxMoofBytes = 8 * 1024 * 1024;

  MediaBody(std::unique_ptr<KeySource> keys, MediaOptions options, Learn learn);

  sdk::Status Write(std::span<const std::byte> chunk, sdk::ByteSink& next) override;
  sdk::Status Finish(sdk::ByteSink& next) override;

 private:
  enum class State {
    kHeader,   ///< Of a box, in `held_`.
    kHold,     ///< A box that has to be seen whole, in `held_`.
    kPass,     ///< A box that stays as it is.
    kSamples,  ///< `mdat`.
    kForeign,  ///< No such file.
  };

  sdk::Status Take(Octets& chunk);
  sdk::Status TakeHeader(Octets& chunk);
  sdk::Status EnterBox(const BoxHeader& header);
  sdk::Status TakeHeld(Octets& chunk);
  sdk::Status OpenHeld();
  void PassOn(Octets& chunk);
  sdk::Status TakeSamples(Octets& chunk);
  sdk::Status DecryptTail(Octets from);
  sdk::Status BeginSample(const Sample& sample);
  sdk::Status EndBox();
  sdk::Status CheckAllPassed() const;
  sdk::Status CheckEnd() const;
  sdk::Status CheckFirst();
  sdk::Status Flush(sdk::ByteSink& next);

  const std::unique_ptr<KeySource> keys_;
  const bool is_part_;
  const std::uint64_t wanted_from_;
  const std::vector<std::byte> behind_;
  const Learn learn_;
  std::shared_ptr<const Init> init_;
  SampleCipher cipher_;

  State state_ = State::kHeader;
  bool settled_ = false;    ///< The first samples are clear, or there is a key for them.
  bool first_box_ = true;   ///< Whose type did not come yet.
  std::uint64_t position_;  ///< Of the first octet that did not come yet.
  std::uint32_t box_type_ = 0;
  std::uint64_t box_start_ = 0;
  std::uint64_t box_left_ = 0;  ///< Octets of the box that did not come yet.
  std::vector<std::byte> held_;
  std::vector<std::byte> out_;
  std::size_t pending_ = 0;  ///< Octets at the end of `out_` that cannot be decrypted yet.

  Fragment fragment_;
  std::size_t sample_ = 0;  ///< Next of the fragment's, or the one that is being decrypted.
  std::uint32_t sample_left_ = 0;
  bool in_sample_ = false;
};

}  // namespace sluice::plugins::cenc
