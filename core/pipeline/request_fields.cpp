// SPDX-License-Identifier: MIT
#include "core/pipeline/request_fields.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>

#include "core/http/server.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/pipeline/field_policy.hpp"
#include "core/pipeline/ranges.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/redirect.hpp"

namespace sluice::pipeline {
namespace {

/// What an upstream needs to know. Everything else stays here, unless the configuration or a filter says otherwise:
/// cookies and referrers tell other sites' secrets, or this gateway's own links.
constexpr std::array<std::string_view, 12> kDefault = {
    "accept",        "accept-language", "cache-control", "content-type",        "if-match", "if-modified-since",
    "if-none-match", "if-range",        "pragma",        "if-unmodified-since", "range",    "user-agent"};
/// Pass by their own name only.
constexpr std::array<std::string_view, 4> kByNameOnly = {"authorization", "proxy-authorization",
                                                         "x-sluice-api-password", "x-sprox-api-password"};
/// Made here, or not at all: what a viewer says under these names is worth nothing.
constexpr std::array<std::string_view, 6> kOurs = {
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"};

/// Names pages and players, no secrets: key servers ask for them.
bool TellsWhoAsks(std::string_view name) {
  return sdk::EqualsIgnoreCase(name, "Referer") || sdk::EqualsIgnoreCase(name, "Origin");
}

bool MayPass(const Exchange& exchange, const config::FieldPolicy& policy, bool to_stranger, const sdk::Header& field) {
  if (Contains(kOurs, field.name)) return false;
  if (to_stranger && !upstream::Travels(field.name) && !TellsWhoAsks(field.name)) return false;
  if (Contains(exchange.set_by_filters, field.name)) return true;
  // What comes back must be readable, where it is to be rewritten.
  if (sdk::EqualsIgnoreCase(field.name, "Accept-Encoding") && exchange.pipeline.Find(config::Step::Kind::kRewrite)) {
    return false;
  }
  // A link of this gateway's opens for whoever holds it.
  if (sdk::EqualsIgnoreCase(field.name, "Referer") && field.value.find(state::kLinkPrefix) != std::string::npos) {
    return false;
  }
  return Passes(policy, field.name, Contains(kDefault, field.name), Contains(kByNameOnly, field.name));
}

/// Values of all fields of that name, as one list.
std::string Joined(const Exchange& exchange, std::string_view name) {
  std::string list;
  for (const auto& header : exchange.headers) {
    if (!sdk::EqualsIgnoreCase(header.name, name) || header.value.empty()) continue;
    if (!list.empty()) list += ", ";
    list += header.value;
  }
  return list;
}

std::string Appended(std::string list, const std::string& element) {
  return list.empty() ? element : std::move(list) + ", " + element;
}

bool ListsAddress(std::string_view list, std::string_view address) {
  const auto elements = upstream::ListElements(list);
  return std::find(elements.begin(), elements.end(), address) != elements.end();
}

/// RFC 7239 §4, §6: what holds more than a token's characters is quoted, IPv6 stands in brackets.
std::string ForwardedElement(const Exchange& exchange, std::string_view host) {
  const std::string address(exchange.viewer.client_ip());
  std::string element = "for=";
  element += address.find(':') == std::string::npos ? address : "\"[" + address + "]\"";
  if (!host.empty() && host.find_first_of("\"\\") == std::string_view::npos) {
    element.append(";host=\"").append(host).append("\"");
  }
  return element.append(";proto=").append(ViewerScheme(exchange));
}

void AddForwarding(const Exchange& exchange, const config::Forwarding& how, std::vector<sdk::Header>& fields) {
  const std::string address(exchange.viewer.client_ip());
  const auto host = exchange.Header("Host");
  const bool append = how.x_forwarded_for == config::ForwardedFor::kAppend;
  if (how.x_forwarded_for != config::ForwardedFor::kOmit) {
    auto list = append ? Joined(exchange, "X-Forwarded-For") : std::string();
    // A trusted proxy in front has said it already.
    fields.push_back({"X-Forwarded-For", ListsAddress(list, address) ? list : Appended(std::move(list), address)});
  }
  if (how.x_forwarded_host && !host.empty()) fields.push_back({"X-Forwarded-Host", std::string(host)});
  if (how.x_forwarded_proto) fields.push_back({"X-Forwarded-Proto", std::string(ViewerScheme(exchange))});
  if (how.forwarded) {
    auto list = append ? Joined(exchange, "Forwarded") : std::string();
    fields.push_back({"Forwarded", Appended(std::move(list), ForwardedElement(exchange, host))});
  }
  if (how.via) {
    const bool old = exchange.viewer.minor() == 0;
    fields.push_back({"Via", Appended(Joined(exchange, "Via"), old ? "1.0 sluice" : "1.1 sluice")});
  }
}

}  // namespace

std::vector<sdk::Header> RequestFields(const Exchange& exchange, const config::FetchStep& step, bool whole) {
  return RequestFields(exchange, *exchange.source, step, whole);
}

std::vector<sdk::Header> RequestFields(const Exchange& exchange, const sdk::Source& source,
                                       const config::FetchStep& step, bool whole) {
  // What a redirect would not take along, a link out of a manifest does not either.
  const bool to_stranger = IsStranger(exchange, source.url);
  const bool parts = step.ranges && source.ranges && !whole;
  const bool head = exchange.viewer.method() == "HEAD";
  std::vector<sdk::Header> fields;
  const auto add = [&](const sdk::Header& field) {
    if (!sdk::EqualsIgnoreCase(field.name, "Range")) return fields.push_back(field);
    auto range = UsableRange(field.value);
    if (range && !head) fields.push_back({field.name, std::move(*range)});  // RFC 9110 §14.2: of GET only
  };
  for (const auto& header : source.headers) add(header);
  for (const auto& header : exchange.headers) {
    if (!MayPass(exchange, step.request_headers, to_stranger, header)) continue;
    if (!parts && upstream::AsksForPart(header.name)) continue;  // a manifest is needed whole
    if (!upstream::FindField(source.headers, header.name)) add(header);
  }
  if (!to_stranger) AddForwarding(exchange, step.forwarding, fields);
  return fields;
}

}  // namespace sluice::pipeline
