// SPDX-License-Identifier: MIT
#include "clearkey.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "endpoint/common/admin_token.hpp"
#include "endpoint/common/reply.hpp"
#include "licence.hpp"
#include "signature.hpp"

namespace sluice::plugins::clearkey {
namespace {

constexpr std::size_t kMinSecretBytes = 16;
constexpr std::string_view kSecretRoute = "signing-secret";
constexpr std::string_view kSecretName = "clearkey:signing_secret";

enum Route : std::size_t { kList, kBareList, kKeySet, kLicence, kPut, kDrop };

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }
sdk::Error Unauthenticated(std::string message) {
  return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)};
}

std::string_view ParamOf(const sdk::RequestHead& head, std::string_view name) {
  for (const auto& param : head.params) {
    if (param.name == name) return param.value;
  }
  return {};
}

sdk::Result<Block> KidOf(std::string_view text) {
  const auto kid = content_key::ParseBlock(text);
  if (!kid) return Invalid("kid: " + std::string(content_key::kForm));
  return *kid;
}

sdk::Status Send(sdk::ResponseWriter& response, const char* type, std::string_view body) {
  return endpoint::Reply(response, 200, {{"Content-Type", type}, {"Cache-Control", "no-store, must-revalidate"}}, body);
}

sdk::Status SendNothing(sdk::ResponseWriter& response) {
  const std::array headers{sdk::Header{"Cache-Control", "no-store, must-revalidate"}};
  return response.Start(204, headers);
}

}  // namespace

ClearKey::ClearKey(sdk::Host host, const sdk::Config& config, std::string admin_token)
    : host_(std::move(host)),
      path_(config.String("/path", "/keys")),
      admin_token_(std::move(admin_token)),
      signing_secret_(sdk::TrimSpace(config.String("/signing_secret"))),
      signed_(config.Bool("/signed", true)),
      default_ttl_(config.Uint("/default_ttl", 300)),
      keys_(host_) {}

sdk::Result<std::unique_ptr<ClearKey>> ClearKey::Create(sdk::Host host, const sdk::Config& config) {
  auto admin_token = admin_token::Read(config, "/admin_token");
  if (!admin_token) return std::move(admin_token).error();
  std::unique_ptr<ClearKey> made(new ClearKey(std::move(host), config, std::move(*admin_token)));
  if (!made->signing_secret_.empty() && made->signing_secret_.size() < kMinSecretBytes) {
    return Invalid("/signing_secret: is too short; want 16 characters or more");
  }
  if (auto read = made->keys_.Read(config); !read) return std::move(read).error();
  return made;
}

std::vector<sdk::Route> ClearKey::Routes() const {
  const auto route = [](const char* method, std::string path) {
    return sdk::Route{.method = method, .path_template = std::move(path), .scope = {}};
  };
  return {route("GET", "/"),          route("GET", path_),     route("GET", "/clearkey"),
          route("POST", "/clearkey"), route("PUT", "/{name}"), route("DELETE", "/{name}")};
}

sdk::Result<std::optional<sdk::Source>> ClearKey::Handle(const sdk::Call& call, std::size_t route,
                                                         const sdk::RequestHead& head, std::span<const std::byte> body,
                                                         sdk::ResponseWriter& response) {
  const Request request{.call = call,
                        .head = head,
                        .body = {reinterpret_cast<const char*>(body.data()), body.size()},
                        .response = response};
  const bool for_viewers = route == kKeySet || route == kLicence;
  if (auto checked = for_viewers ? CheckViewer(request) : admin_token::Check(host_, admin_token_, head.headers);
      !checked) {
    return std::move(checked).error();
  }
  auto done = [&]() -> sdk::Status {
    switch (route) {
      case kList:
      case kBareList:
        return SendList(request);
      case kKeySet:
        return SendKeySet(request);
      case kLicence:
        return SendLicence(request);
      case kPut:
        return Put(request);
      case kDrop:
        return Drop(request);
      default:
        return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such route"};
    }
  }();
  if (!done) return std::move(done).error();
  return std::optional<sdk::Source>{};
}

sdk::Result<std::string> ClearKey::SigningSecret(const sdk::Call& call) const {
  if (!signing_secret_.empty()) return signing_secret_;
  auto kept = host_.secrets().Recall(call, kSecretName);
  if (!kept) return std::move(kept).error();
  if (!*kept) return Unauthenticated("nothing can be signed: there is no signing secret");
  return std::move(**kept);
}

sdk::Status ClearKey::CheckViewer(const Request& request) const {
  if (!signed_) {
    if (request.head.principal != nullptr) return sdk::Ok();
    return Unauthenticated("a credential is required");
  }
  const auto query = request.head.query;
  const auto signature = RawParam(query, "sig");
  if (signature.empty()) return Unauthenticated("sig: is missing");
  const auto secret = SigningSecret(request.call);
  if (!secret) return secret.error();
  const auto text = SignedText(sdk::FieldValue(request.head.headers, "Host"), path_ + "/clearkey", query);
  if (!host_.secrets().Equal(Sign(*secret, text), signature)) return Unauthenticated("sig: is not of this URL");
  const auto expiry = RawParam(query, "exp");
  if (expiry.empty()) return sdk::Ok();
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(expiry.data(), expiry.data() + expiry.size(), seconds);
  if (parsed.ec != std::errc() || parsed.ptr != expiry.data() + expiry.size()) {
    return Invalid("exp: want seconds since 1970");
  }
  if (host_.clock().Now() >= sdk::Seconds(std::chrono::seconds(seconds))) return Unauthenticated("exp: has passed");
  return sdk::Ok();
}

sdk::Status ClearKey::SendKeySet(const Request& request) const {
  const auto kid = KidOf(RawParam(request.head.query, "kid"));
  if (!kid) return kid.error();
  return SendKeys(request, {*kid}, {});
}

/// A signature over a key id is good for that key alone.
sdk::Status ClearKey::SendLicence(const Request& request) const {
  auto asked = ReadLicenceRequest(request.body);
  if (!asked) return std::move(asked).error();
  if (const auto only = RawParam(request.head.query, "kid"); signed_ && !only.empty()) {
    const auto kid = KidOf(only);
    if (!kid) return kid.error();
    std::erase_if(asked->kids, [&](const Block& wanted) { return wanted != *kid; });
  }
  return SendKeys(request, asked->kids, asked->type);
}

sdk::Status ClearKey::SendKeys(const Request& request, const std::vector<Block>& kids, std::string_view type) const {
  std::vector<std::pair<Block, Block>> found;
  for (const auto& kid : kids) {
    const auto key = keys_.Find(request.call, kid);
    if (!key) return key.error();
    if (*key) found.emplace_back(kid, **key);
  }
  if (found.empty()) return sdk::Error{.code = sdk::Errc::kNotFound, .message = "kid: there is no such key"};
  return Send(request.response, "application/json", WriteKeySet(found, type));
}

sdk::Status ClearKey::SendList(const Request& request) {
  const auto ids = keys_.List(request.call);
  if (!ids) return ids.error();
  std::string text;
  for (const auto& id : *ids) text += (text.empty() ? "" : ", ") + id;
  text = text.empty() ? "No keys have been registered" : "Registered keys: " + text;
  return Send(request.response, "text/plain; charset=utf-8", text + "\n");
}

sdk::Status ClearKey::Put(const Request& request) {
  const auto name = ParamOf(request.head, "name");
  const auto given = ReadGiven(request.body);
  if (!given) return given.error();
  if (name == kSecretRoute) {
    if (given->value.size() < kMinSecretBytes) return Invalid("/key: is too short; want 16 characters or more");
    const auto ttl = given->ttl.value_or(std::chrono::seconds(0));
    if (auto kept = host_.secrets().Keep(request.call, kSecretName, given->value, ttl); !kept) return kept;
    return SendNothing(request.response);
  }
  const auto kid = KidOf(name);
  if (!kid) return kid.error();
  const auto key = content_key::ParseBlock(given->value);
  if (!key) return Invalid("/key: " + std::string(content_key::kForm));
  if (auto put = keys_.Put(request.call, *kid, *key, given->ttl.value_or(default_ttl_)); !put) return put;
  return SendNothing(request.response);
}

sdk::Status ClearKey::Drop(const Request& request) {
  const auto name = ParamOf(request.head, "name");
  if (name == kSecretRoute) {
    if (auto dropped = host_.secrets().Forget(request.call, kSecretName); !dropped) return dropped;
    return SendNothing(request.response);
  }
  const auto kid = KidOf(name);
  if (!kid) return kid.error();
  if (auto dropped = keys_.Drop(request.call, *kid); !dropped) return dropped;
  return SendNothing(request.response);
}

}  // namespace sluice::plugins::clearkey
