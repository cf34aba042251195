// SPDX-License-Identifier: MIT
#include "core/pipeline/credentials.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/Exception.h>

#include <algorithm>
#include <optional>
#include <sluice/sdk/url.hpp>
#include <sstream>

#include "core/pipeline/exchange.hpp"

namespace sluice::pipeline {
namespace {

/// Takes all fields of that name; answers their values.
std::vector<std::string> TakeHeader(std::vector<sdk::Header>& headers, std::string_view name) {
  std::vector<std::string> values;
  std::erase_if(headers, [&](sdk::Header& header) {
    if (!sdk::EqualsIgnoreCase(header.name, name)) return false;
    values.push_back(std::move(header.value));
    return true;
  });
  return values;
}

/// RFC 7617: base64 of "user:password".
std::optional<Credential> ParseBasic(const std::string& token) {
  std::istringstream encoded(token);
  Poco::Base64Decoder decoder(encoded);
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(decoder), {});
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credential{"basic", text.substr(0, colon), text.substr(colon + 1)};
}

/// RFC 9110 §11.4: scheme, spaces, token.
std::optional<Credential> ParseAuthorization(const std::string& value) {
  const auto space = value.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto start = value.find_first_not_of(' ', space);
  const auto token = start == std::string::npos ? std::string() : value.substr(start);
  const auto scheme = std::string_view(value).substr(0, space);
  if (sdk::EqualsIgnoreCase(scheme, "bearer")) return Credential{"bearer", {}, token};
  if (sdk::EqualsIgnoreCase(scheme, "basic")) return ParseBasic(token);
  return std::nullopt;
}

}  // namespace

std::vector<Credential> TakeCredentials(const config::AuthenticateStep& step, Exchange& exchange) {
  std::vector<Credential> found;
  if (step.authorization) {
    for (const auto& value : TakeHeader(exchange.headers, "Authorization")) {
      if (auto credential = ParseAuthorization(value)) found.push_back(std::move(*credential));
    }
  }
  for (const auto& name : step.headers) {
    for (auto& value : TakeHeader(exchange.headers, name)) found.push_back({"header", name, std::move(value)});
  }
  for (const auto& name : step.query) {
    while (const auto raw = sdk::QueryParam(exchange.query, name)) {
      auto value = sdk::PercentDecode(*raw);
      if (value) found.push_back({"query", name, std::move(*value)});
      exchange.query = sdk::WithoutQueryParam(exchange.query, name);
    }
  }
  std::erase_if(found, [](const Credential& credential) { return credential.secret.empty(); });
  return found;
}

void DropCredentialsOfTried(Exchange& exchange) {
  for (const auto* const pipeline : exchange.tried) {
    for (const auto& step : pipeline->steps) {
      if (step.config.kind == config::Step::Kind::kAuthenticate) TakeCredentials(step.config.authenticate, exchange);
    }
  }
}

}  // namespace sluice::pipeline
