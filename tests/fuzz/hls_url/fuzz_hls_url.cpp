// SPDX-License-Identifier: MIT
// URL arithmetic over any octets: "base LF reference". Resolving twice is resolving once, and what was resolved below a
// URL that parses is clean.
#include <sluice/sdk/url.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::sdk;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto newline = text.find('\n');
  const std::string base = text.substr(0, newline);
  const std::string reference = newline == std::string::npos ? std::string() : text.substr(newline + 1);

  const auto resolved = ResolveReference(base, reference);
  const auto parsed = ParseUrl(base);
  if (parsed && parsed->http()) {
    Require(ResolveReference(base, resolved) == resolved);
    Require(Origin(*parsed) == *Origin(base));
    Require(RequestTarget(*parsed).front() == '/');
    if (resolved.starts_with("http://") || resolved.starts_with("https://"))
      for (const char c : resolved) Require(!detail::MustEscape(c));
  }
  if (const auto target = ParseUrl(resolved); target && target->http()) Require(Origin(resolved).operator bool());

  const auto decoded = PercentDecode(PercentEncode(text));
  Require(decoded && *decoded == text);
  (void)PercentDecode(text);
  Require(HasPathExtension(base, PathExtension(base)));
  Require(!QueryParam(WithoutQueryParam(reference, base), base));
  return 0;
}
