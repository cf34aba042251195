// SPDX-License-Identifier: MIT
// Chunked bodies over any octets: the same body and the same end however they are cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/http/chunked.hpp"

namespace {

using sluice::http::ChunkDecoder;
using sluice::http::Fault;

struct Decoded {
  std::string body;
  std::size_t consumed = 0;
  Fault fault = Fault::kNone;
  bool done = false;
  bool operator==(const Decoded&) const = default;
};

Decoded Decode(std::string_view text, std::size_t piece) {
  ChunkDecoder decoder;
  Decoded out;
  while (out.consumed < text.size() && !decoder.done() && out.fault == Fault::kNone) {
    const auto input = text.substr(out.consumed, piece);
    const auto step = decoder.Next(input);
    if (step.consumed > input.size() || step.data.size() > step.consumed) std::abort();
    if (step.consumed == 0 && step.fault == Fault::kNone) std::abort();  // it would never end
    out.body += step.data;
    out.consumed += step.consumed;
    out.fault = step.fault;
  }
  out.done = decoder.done();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = Decode(text, text.size());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, 1 + size / 2}) {
    if (!(Decode(text, piece) == whole)) std::abort();
  }
  if (whole.body.size() > text.size() || (whole.done && whole.fault != Fault::kNone)) std::abort();
  return 0;
}
