// SPDX-License-Identifier: MIT
// The filter over any octets: no fault; as many octets out as in, at most; the same whole and in pieces, both in what
// comes out and in whether it is refused. A part has as many octets as were asked for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "plugins/filter/cenc/media_body.hpp"

namespace {

using namespace sluice;
using plugins::cenc::Block;

/// Knows a key for every id but those that begin with 0xff.
struct AnyKey final : plugins::cenc::KeySource {
  sdk::Result<Block> Find(const Block& kid) override {
    if (kid[0] == std::byte{0xFF}) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "no key"};
    return kid;
  }
};

struct Collected final : sdk::ByteSink {
  sdk::Status Write(std::span<const std::byte> chunk) override {
    text.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return sdk::Ok();
  }
  std::string text;
};

struct Outcome {
  std::string text;
  bool refused = false;
};

/// \param piece  0: all at once.
Outcome Run(std::span<const std::byte> octets, std::size_t piece, const plugins::cenc::MediaOptions& options) {
  plugins::cenc::MediaBody body(std::make_unique<AnyKey>(), options, nullptr);
  Collected out;
  auto status = sdk::Ok();
  while (!octets.empty() && status) {
    const auto part = octets.first(piece == 0 ? octets.size() : std::min(piece, octets.size()));
    status = body.Write(part, out);
    octets = octets.subspan(part.size());
  }
  if (status) status = body.Finish(out);
  return {std::move(out.text), !status};
}

/// The octets from `begin` to `end`, the ones in front read before and a few behind lent, as the filter does for
/// ranges.
Outcome RunPart(std::span<const std::byte> octets, std::size_t begin, std::size_t end) {
  const auto lent = octets.subspan(end, std::min<std::size_t>(15, octets.size() - end));
  return Run(octets.first(end), 100, {.wanted_from = begin, .behind = {lent.begin(), lent.end()}, .is_part = true});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto octets = std::as_bytes(std::span(data, size)).subspan(1);
  const plugins::cenc::MediaOptions options{.is_part = (data[0] & 0x80U) != 0};

  const auto whole = Run(octets, 0, options);
  const auto pieces = Run(octets, 1 + (data[0] & 0x7FU), options);

  if (whole.refused != pieces.refused) std::abort();
  if (!whole.refused && (whole.text.size() != octets.size() || whole.text != pieces.text)) std::abort();
  if (pieces.text.size() > octets.size()) std::abort();
  if (size < 4) return 0;
  const auto begin = (data[1] * std::size_t{257} + data[2]) % octets.size();
  const auto end = begin + 1 + data[3] % (octets.size() - begin);
  const auto part = RunPart(octets, begin, end);
  if (!part.refused && part.text.size() != end - begin) std::abort();
  return 0;
}
