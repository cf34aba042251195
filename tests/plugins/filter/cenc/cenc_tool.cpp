// SPDX-License-Identifier: MIT
// The tests' encryptor and the filter as a program, for tests that play what comes out.
//
// usage: cenc_tool encrypt NAME=VALUE... <clear >encrypted     as media::Encryption; key=<kid>:<key> once for each key
//        cenc_tool decrypt <kid>:<key>... <encrypted >clear
//        cenc_tool clip >clear                                a small file that nobody can play
#include <charconv>
#include <iostream>
#include <iterator>
#include <sluice/sdk/testing/calls.hpp>

#include "support.hpp"

namespace sluice::testing::cenc {
namespace {

using media::Encryption;

std::string FromHex(std::string_view digits) {
  const auto octets = sdk::HexDecode(digits);
  return octets ? *octets : std::string();
}

unsigned ToNumber(std::string_view text) {
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool Set(Encryption& how, std::string_view name, std::string_view value) {
  const auto number = ToNumber(value);
  if (name == "scheme") how.scheme = value;
  if (name == "key") how.keys.push_back({FromHex(value.substr(0, 32)), FromHex(value.substr(33))});
  if (name == "scheme" || name == "key") return true;
  for (const auto& [own, field] : {std::pair("crypt", &Encryption::crypt), std::pair("skip", &Encryption::skip),
                                   std::pair("iv_bytes", &Encryption::iv_bytes)}) {
    if (name == own) return how.*field = number, true;
  }
  for (const auto& [own, field] :
       {std::pair("whole_samples", &Encryption::whole_samples), std::pair("odd_sizes", &Encryption::odd_sizes),
        std::pair("audio_subsamples", &Encryption::audio_subsamples),
        std::pair("groups_in_moov", &Encryption::groups_in_moov), std::pair("senc", &Encryption::senc),
        std::pair("large_mdat", &Encryption::large_mdat), std::pair("clear_first", &Encryption::clear_first)}) {
    if (name == own) return how.*field = number != 0, true;
  }
  return false;
}

int Encrypt(int argc, char** argv, const std::string& input) {
  Encryption how;
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto equals = argument.find('=');
    if (equals == std::string_view::npos || !Set(how, argument.substr(0, equals), argument.substr(equals + 1))) {
      std::cerr << "cenc_tool: what is " << argument << "?\n";
      return 2;
    }
  }
  std::cout << media::Encrypt(input, how);
  return 0;
}

int Decrypt(int argc, char** argv, const std::string& input) {
  std::string keys;
  for (int i = 2; i < argc; ++i) {
    const std::string_view pair = argv[i];
    keys += (keys.empty() ? "\"" : ", \"") + std::string(pair.substr(0, 32)) + "\": \"" + std::string(pair.substr(33)) +
            "\"";
  }
  const auto filter =
      sdk::testing::CreateThroughAbi<plugins::cenc::Cenc>(std::string_view("{\"keys\": {" + keys + "}}"));
  if (!filter) return std::cerr << filter.error().message << '\n', 1;
  const auto body = (*filter)->OpenBody(sdk::testing::AnyCall(), {.status = 200});
  if (!body) return std::cerr << body.error().message << '\n', 1;
  const auto passed = Pass(**body, input, Each(65536));
  if (!passed.status) return std::cerr << passed.status.error().message << '\n', 1;
  std::cout << passed.text;
  return 0;
}

int Main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "clip") {
    std::cout << media::MakeClip({.fragments = 2, .video_samples = 2, .audio_samples = 2, .largest_unit = 120});
    return 0;
  }
  std::cin.sync_with_stdio(false);
  const std::string input((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  if (what == "encrypt") return Encrypt(argc, argv, input);
  if (what == "decrypt") return Decrypt(argc, argv, input);
  std::cerr << "usage: cenc_tool encrypt|decrypt|clip ...\n";
  return 2;
}

}  // namespace
}  // namespace sluice::testing::cenc

int main(int argc, char** argv) { return sluice::testing::cenc::Main(argc, argv); }
