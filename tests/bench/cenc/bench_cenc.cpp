// SPDX-License-Identifier: MIT
// How fast segments are decrypted, beside what OpenSSL does with the same octets when nothing else is to be done.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "plugins/filter/cenc/media_body.hpp"
#include "tests/plugins/filter/cenc/clip.hpp"
#include "tests/plugins/filter/cenc/encryptor.hpp"

namespace {

using namespace sluice;
using plugins::cenc::Block;

constexpr std::size_t kReadBytes = 64 * 1024;  // what the server hands to a filter at a time

struct OneKey final : plugins::cenc::KeySource {
  sdk::Result<Block> Find(const Block&) override { return Block{std::byte{7}}; }
};

struct Nowhere final : sdk::ByteSink {
  sdk::Status Write(std::span<const std::byte> chunk) override {
    benchmark::DoNotOptimize(chunk.data());
    return sdk::Ok();
  }
};

/// One fragment of 8 samples of about a megabyte, as 4K video has them at high rates.
std::string Segment(const testing::media::Encryption& how) {
  return Encrypt(testing::media::MakeClip(
                     {.fragments = 1, .video_samples = 8, .audio_samples = 0, .largest_unit = 1 << 20U, .seed = 3}),
                 how);
}

testing::media::Encryption By(std::string scheme, unsigned crypt, unsigned skip, unsigned iv_bytes) {
  return {.scheme = std::move(scheme),
          .crypt = crypt,
          .skip = skip,
          .iv_bytes = iv_bytes,
          .keys = {{std::string(16, 'k'), std::string("\7") + std::string(15, '\0')}}};
}

void Decrypt(benchmark::State& state, const testing::media::Encryption& how) {
  const auto segment = Segment(how);
  Nowhere nowhere;
  for (auto _ : state) {
    plugins::cenc::MediaBody body(std::make_unique<OneKey>(), {}, nullptr);
    for (auto rest = sdk::AsBytes(segment); !rest.empty(); rest = rest.subspan(std::min(kReadBytes, rest.size()))) {
      if (!body.Write(rest.first(std::min(kReadBytes, rest.size())), nowhere)) std::abort();
    }
    if (!body.Finish(nowhere)) std::abort();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(segment.size()) * state.iterations());
}

/// As `openssl speed -evp aes-128-ctr` measures: over the same 64 KiB again and again, from one buffer into another.
void RawCounter(benchmark::State& state) {
  std::vector<unsigned char> from(kReadBytes), to(kReadBytes);
  const unsigned char key[16] = {7};
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  EVP_DecryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key, key);
  for (auto _ : state) {
    int size = 0;
    EVP_DecryptUpdate(context.get(), to.data(), &size, from.data(), static_cast<int>(from.size()));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(from.size()) * state.iterations());
}

BENCHMARK(RawCounter);
BENCHMARK_CAPTURE(Decrypt, cenc, By("cenc", 0, 0, 8));
BENCHMARK_CAPTURE(Decrypt, cens_1_9, By("cens", 1, 9, 8));
BENCHMARK_CAPTURE(Decrypt, cbc1, By("cbc1", 0, 0, 16));
BENCHMARK_CAPTURE(Decrypt, cbcs_1_9, By("cbcs", 1, 9, 0));

}  // namespace
