// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How samples are encrypted (ISO/IEC 23001-7): schemes, what `tenc` and `seig` say.

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

#include "octets.hpp"

namespace sluice::plugins::cenc {

enum class Scheme : std::uint8_t { kCenc, kCens, kCbc1, kCbcs };

/// \returns  nothing: none of the four.
std::optional<Scheme> SchemeOf(std::uint32_t code);

/// What holds for samples of one kind: of a track by default, or of a sample group.
struct Protection {
  bool is_protected = false;
  std::uint8_t crypt_blocks = 0;  ///< Of a pattern; both 0: none.
  std::uint8_t skip_blocks = 0;
  std::uint8_t iv_bytes = 0;  ///< Of each sample's own; 0: all have `constant_iv`.
  Block kid{};
  Block constant_iv{};  ///< Eight octets stand at the front.
};

/// From the two octets (reserved, or reserved and pattern) in front of "is protected" on.
/// \param has_pattern  whether the second octet is one. \param name  of the box, for messages.
sdk::Result<Protection> ReadProtection(Fields& fields, bool has_pattern, const std::string& name);

/// What `sgpd` of type `seig` describes, from its body.
struct GroupDescriptions {
  std::vector<Protection> groups;
  std::uint32_t default_index = 0;  ///< Of samples that no group names; 1 is the first of `groups`, 0 the track's own.
};
sdk::Result<GroupDescriptions> ReadGroupDescriptions(Octets body);

/// What `sbgp` says of samples, one run after another.
struct GroupRun {
  std::uint32_t samples = 0;
  std::uint32_t index = 0;
};
sdk::Result<std::vector<GroupRun>> ReadGroupRuns(Octets body);

/// Whether `sgpd` or `sbgp` is about encryption. \param body  of the box.
bool IsSeig(Octets body);

}  // namespace sluice::plugins::cenc
