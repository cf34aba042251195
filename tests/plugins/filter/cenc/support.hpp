// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The filter as tests use it: one body through it, in pieces of any size.

#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/sinks.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/filter/cenc/cenc.hpp"
#include "tests/plugins/filter/cenc/clip.hpp"
#include "tests/plugins/filter/cenc/encryptor.hpp"

namespace sluice::testing::cenc {

using Filter = sdk::testing::ThroughAbi<sdk::Filter>;

using sdk::HexEncode;

inline const std::vector<media::ContentKey>& Keys() {
  static const std::vector<media::ContentKey> kKeys = {{"key-id-number-01", "the first key..."},
                                                       {"key-id-number-02", "the second key.."},
                                                       {"key-id-number-03", "the third key..."}};
  return kKeys;
}

/// A configuration that has them all.
inline std::string AllKeys() {
  std::string list;
  for (const auto& [kid, key] : Keys())
    list += (list.empty() ? "\"" : ", \"") + HexEncode(kid) + "\": \"" + HexEncode(key) + "\"";
  return "{\"keys\": {" + list + "}}";
}

/// The next piece's size, of what is left.
using Pieces = std::function<std::size_t(std::size_t left)>;
inline Pieces Whole() {
  return [](std::size_t left) { return left; };
}
inline Pieces Each(std::size_t size) {
  return [=](std::size_t left) { return std::min(left, size); };
}

/// \returns  what came out; the fault stands in `status`.
struct Passed {
  std::string text;
  sdk::Status status;
};

inline Passed Pass(sdk::BodyTransform& body, std::string_view octets, const Pieces& pieces = Whole()) {
  sdk::testing::CollectedBytes out;
  Passed passed;
  while (!octets.empty() && passed.status) {
    const auto size = std::max<std::size_t>(1, pieces(octets.size()));
    passed.status = body.Write(sdk::AsBytes(octets.substr(0, size)), out);
    octets.remove_prefix(size);
  }
  if (passed.status) passed.status = body.Finish(out);
  passed.text = std::move(out.text);
  return passed;
}

}  // namespace sluice::testing::cenc
