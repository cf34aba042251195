// SPDX-License-Identifier: MIT
#include "core/config/path_template.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>

#include "core/config/interpolate.hpp"
#include "core/config/values.hpp"

namespace sluice::config {
namespace {

/// Takes one segment off the front of `rest`, which starts with "/".
std::string_view TakeSegment(std::string_view& rest) {
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

/// "." or "..", either octet as it is or as "%2e".
bool IsDotSegment(std::string_view segment) {
  for (int dots = 0; dots <= 2; ++dots) {
    if (segment.empty()) return dots > 0;
    const bool plain = segment.front() == '.';
    if (!plain && !sdk::EqualsIgnoreCase(segment.substr(0, 3), "%2e")) return false;
    segment.remove_prefix(plain ? 1 : 3);
  }
  return false;
}

bool HasDotSegment(std::string_view path) {
  if (path.find("/.") == std::string_view::npos && path.find("/%2") == std::string_view::npos) return false;
  while (!path.empty()) {
    if (IsDotSegment(TakeSegment(path))) return true;
  }
  return false;
}

/// As variables are judged by their names; "userdata" is what addons call the part of their URLs that holds keys.
bool IsSecretName(std::string_view name) { return NamesSecret(name) || sdk::EqualsIgnoreCase(name, "userdata"); }

}  // namespace

std::optional<PathTemplate> PathTemplate::Parse(std::string_view text, std::string& error) {
  PathTemplate out;
  error = CheckPathTemplate(text, out.names_);
  if (!error.empty()) return std::nullopt;
  out.text_ = text;
  while (!text.empty()) {
    auto segment = TakeSegment(text);
    if (segment == "**") {
      out.segments_.push_back({Segment::Kind::kRest, "rest", true});
    } else if (segment.ends_with("...}")) {
      out.segments_.push_back({Segment::Kind::kRest, std::string(segment.substr(1, segment.size() - 5))});
    } else if (segment.starts_with('{')) {
      out.segments_.push_back({Segment::Kind::kCapture, std::string(segment.substr(1, segment.size() - 2))});
    } else {
      out.segments_.push_back({Segment::Kind::kLiteral, std::string(segment)});
      continue;
    }
    auto& capture = out.segments_.back();
    capture.secret = IsSecretName(capture.text);
    out.has_secrets_ = out.has_secrets_ || capture.secret;
  }
  return out;
}

std::optional<PathTemplate::Match> PathTemplate::Apply(std::string_view path) const {
  if (HasDotSegment(path)) return std::nullopt;
  Match match;
  for (const auto& segment : segments_) {
    if (segment.kind == Segment::Kind::kRest) {
      match.rest = path.empty() ? std::string_view("/") : path;
      auto decoded = sdk::PercentDecode(match.rest.substr(1));
      const bool captured = decoded && !decoded->empty();
      if (captured) match.captures.push_back({segment.text, std::move(*decoded)});
      if (!captured && !segment.optional) return std::nullopt;
      return match;
    }
    if (path.empty()) return std::nullopt;
    const auto part = TakeSegment(path);
    if (segment.kind == Segment::Kind::kLiteral) {
      if (part != segment.text) return std::nullopt;
      continue;
    }
    auto decoded = sdk::PercentDecode(part);
    if (!decoded || decoded->empty()) return std::nullopt;
    match.captures.push_back({segment.text, std::move(*decoded)});
  }
  if (!path.empty()) return std::nullopt;
  return match;
}

std::vector<std::string_view> PathTemplate::SecretParts(std::string_view path) const {
  std::vector<std::string_view> parts;
  if (!has_secrets_) return parts;
  for (const auto& segment : segments_) {
    if (segment.kind == Segment::Kind::kRest) {
      if (segment.secret && path.size() > 1) parts.push_back(path.substr(1));
      return parts;
    }
    if (path.empty()) return parts;
    const auto part = TakeSegment(path);
    if (segment.kind == Segment::Kind::kLiteral && part != segment.text) return parts;
    if (segment.secret && !part.empty()) parts.push_back(part);
  }
  return parts;
}

}  // namespace sluice::config
