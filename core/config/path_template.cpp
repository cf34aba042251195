// SPDX-License-Identifier: MIT
#include "core/config/path_template.hpp"

#include <algorithm>

#include <sluice/sdk/url.hpp>

namespace sluice::config {
namespace {

bool IsName(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// Takes one segment off the front of `rest`, which starts with "/".
std::string_view TakeSegment(std::string_view& rest) {
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

}  // namespace

std::optional<PathTemplate> PathTemplate::Parse(std::string_view text, std::string& error) {
  if (!text.starts_with('/')) {
    error = "path template: want a leading \"/\"";
    return std::nullopt;
  }
  PathTemplate out;
  out.text_ = text;
  auto rest = text;
  while (!rest.empty()) {
    const auto segment = TakeSegment(rest);
    if (segment == "**") {
      out.segments_.push_back({Segment::Kind::kRest, {}});
    } else if (segment.starts_with('{') && segment.ends_with('}')) {
      auto name = segment.substr(1, segment.size() - 2);
      const bool tail = name.ends_with("...");
      if (tail) name.remove_suffix(3);
      if (!IsName(name)) {
        error = "path template: \"" + std::string(segment) + "\": want a name of [a-z][a-z0-9_]*";
        return std::nullopt;
      }
      if (std::find(out.names_.begin(), out.names_.end(), name) != out.names_.end()) {
        error = "path template: \"" + std::string(name) + "\" is captured twice";
        return std::nullopt;
      }
      out.names_.emplace_back(name);
      out.segments_.push_back({tail ? Segment::Kind::kRest : Segment::Kind::kCapture, std::string(name)});
    } else if (segment.find_first_of("{}*?#") != std::string_view::npos) {
      error = "path template: \"" + std::string(segment) +
              "\": want a literal segment, \"{name}\", \"{name...}\" or \"**\"";
      return std::nullopt;
    } else {
      out.segments_.push_back({Segment::Kind::kLiteral, std::string(segment)});
    }
    if (out.segments_.back().kind == Segment::Kind::kRest && !rest.empty()) {
      error = "path template: \"" + std::string(segment) + "\" must stand last";
      return std::nullopt;
    }
  }
  return out;
}

std::optional<PathTemplate::Match> PathTemplate::Apply(std::string_view path) const {
  Match match;
  for (const auto& segment : segments_) {
    if (segment.kind == Segment::Kind::kRest) {
      match.rest = path.empty() ? std::string_view("/") : path;
      if (segment.text.empty()) return match;
      auto decoded = sdk::PercentDecode(match.rest.substr(1));
      if (!decoded || decoded->empty()) return std::nullopt;
      match.captures.push_back({segment.text, std::move(*decoded)});
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

}  // namespace sluice::config
