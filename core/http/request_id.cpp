// SPDX-License-Identifier: MIT
#include "core/http/request_id.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>

namespace sluice::http {
namespace {

constexpr std::size_t kMaxIdBytes = 128;

/// xoshiro256++ (Blackman and Vigna): a system call per id would cost more than the request line.
class Generator {
 public:
  Generator() {
    std::random_device device;
    for (auto& word : state_) word = static_cast<std::uint64_t>(device()) << 32U | device();
    state_[0] |= 1;  // all zero is the one state that never changes
  }

  std::uint64_t Next() {
    const auto result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const auto shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace

std::string MakeRequestId() {
  thread_local Generator generator;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(32, '0');
  for (std::size_t half = 0; half < 2; ++half) {
    auto bits = generator.Next();
    for (std::size_t i = 0; i < 16; ++i, bits >>= 4U) id[half * 16 + i] = kDigits[bits & 0xFU];
  }
  return id;
}

bool IsRequestId(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace sluice::http
