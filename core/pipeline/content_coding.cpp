// SPDX-License-Identifier: MIT
#include "core/pipeline/content_coding.hpp"

#include <zlib.h>

#include <array>
#include <sluice/sdk/url.hpp>

namespace sluice::pipeline {
namespace {

sdk::Error Failed(std::string message) { return {.code = sdk::Errc::kUpstreamFailed, .message = std::move(message)}; }

/// zlib's state, freed with its owner.
class Inflater {
 public:
  explicit Inflater(std::string& packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(packed.size());
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool Open(int window_bits) { return inflateInit2(&stream_, window_bits) == Z_OK; }
  bool done() const { return stream_.avail_in == 0; }
  bool NextMember() { return inflateReset(&stream_) == Z_OK; }
  /// Appends what comes next to `out`. \returns  what zlib says.
  int Step(std::string& out) {
    std::array<Bytef, 16 * 1024> buffer{};
    stream_.next_out = buffer.data();
    stream_.avail_out = static_cast<uInt>(buffer.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    out.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream_.avail_out);
    return code;
  }

 private:
  z_stream stream_{};
};

/// \param several  whether members may follow each other (RFC 1952 §2.2).
sdk::Result<std::string> Inflate(std::string packed, int window_bits, bool several, std::size_t max_bytes) {
  Inflater inflater(packed);
  if (!inflater.Open(window_bits))
    return sdk::Error{.code = sdk::Errc::kInternal, .message = "content coding: no memory"};
  std::string out;
  while (out.size() <= max_bytes) {
    const int code = inflater.Step(out);
    if (code == Z_STREAM_END && inflater.done()) return out;
    if (code == Z_STREAM_END && several && inflater.NextMember()) continue;
    if (code != Z_OK) return Failed("content coding is broken");
  }
  return out;
}

}  // namespace

sdk::Result<std::string> DecodeContent(std::string body, std::string_view encoding, std::size_t max_bytes) {
  constexpr int kZlib = MAX_WBITS;
  constexpr int kGzip = MAX_WBITS + 16;
  if (encoding.empty() || sdk::EqualsIgnoreCase(encoding, "identity")) return body;
  if (sdk::EqualsIgnoreCase(encoding, "gzip") || sdk::EqualsIgnoreCase(encoding, "x-gzip")) {
    return Inflate(std::move(body), kGzip, true, max_bytes);
  }
  if (sdk::EqualsIgnoreCase(encoding, "deflate")) return Inflate(std::move(body), kZlib, false, max_bytes);
  return Failed("content coding is unknown: want identity, gzip or deflate");
}

}  // namespace sluice::pipeline
