// SPDX-License-Identifier: MIT
#include "core/upstream/redirect.hpp"

#include <array>
#include <sluice/sdk/url.hpp>

#include "core/http/head_scanner.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;

// Anything else may be a credential: services invent header names for their keys.
constexpr std::array<std::string_view, 15> kTravels = {"Accept",
                                                       "Accept-Encoding",
                                                       "Accept-Language",
                                                       "Cache-Control",
                                                       "Content-Encoding",
                                                       "Content-Type",
                                                       "Content-Language",
                                                       "If-Match",
                                                       "If-Modified-Since",
                                                       "If-None-Match",
                                                       "If-Range",
                                                       "If-Unmodified-Since",
                                                       "Pragma",
                                                       "Range",
                                                       "User-Agent"};

bool DescribesBody(const sdk::Header& field) {
  return field.name.size() > 8 && EqualNoCase(std::string_view(field.name).substr(0, 8), "Content-");
}

bool BecomesGet(int status, std::string_view method) {
  if (status == 303) return method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

sdk::Error Fault(const Hop& hop, std::string_view wanted) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = hop.target.origin.Label() + ": want " + std::string(wanted)};
}

}  // namespace

bool Travels(std::string_view name) { return IsOneOf(kTravels, name); }

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

sdk::Status Follow(int status, std::string_view location, Hop& hop) {
  if (location.empty()) return Fault(hop, "a Location in its redirect");
  auto next = ParseTarget(sdk::ResolveReference(hop.target.url, location));
  if (!next) return Fault(hop, "a redirect to a usable http or https URL");
  if (hop.target.origin.tls && !next->origin.tls) return Fault(hop, "no redirect from https to http");
  if (next->origin != hop.target.origin) {
    std::erase_if(hop.headers, [](const sdk::Header& field) { return !Travels(field.name); });
  }
  if (BecomesGet(status, hop.method)) {
    hop.method = "GET";
    hop.body = {};
    std::erase_if(hop.headers, DescribesBody);
  }
  hop.target = std::move(*next);
  return sdk::Ok();
}

}  // namespace sluice::upstream
