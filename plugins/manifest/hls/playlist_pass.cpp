// SPDX-License-Identifier: MIT
#include "playlist_pass.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::hls {
namespace {

constexpr std::size_t kLinksBetweenPolls = 1024;

const char* End(std::string_view text) { return text.data() + text.size(); }

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

bool HasScheme(std::string_view reference) {
  constexpr std::string_view kStops = ":/?#{ ";
  const auto* const stop = std::find_if(reference.begin(), reference.end(),
                                        [&](char c) { return kStops.find(c) != std::string_view::npos; });
  return stop != reference.end() && stop != reference.begin() && *stop == ':';
}

/// "data:…", "skd:…": known before variables are looked at.
bool HasForeignScheme(std::string_view reference) {
  if (!HasScheme(reference)) return false;
  const auto scheme = reference.substr(0, reference.find(':'));
  return !sdk::EqualsIgnoreCase(scheme, "http") && !sdk::EqualsIgnoreCase(scheme, "https");
}

/// Whether `suffix` is "|User-Agent=…": options that Kodi and its kin read off the end of a URL before fetching it.
bool IsPipeOption(std::string_view suffix) {
  const auto equals = suffix.find('=');
  if (equals == std::string_view::npos || equals < 2) return false;
  const auto name = suffix.substr(1, equals - 1);
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '!';
  });
}

/// Whether a URI would not survive as a bare or single-quoted value: the base may hold what the reference did not.
bool EndsValue(std::string_view target, std::string_view fragment, char quote) {
  if (quote == '"') return false;
  const char end = quote == 0 ? ',' : quote;
  return target.find(end) != std::string_view::npos || fragment.find(end) != std::string_view::npos;
}

std::string_view WithQuotes(const Attribute& attribute) {
  const int quotes = attribute.quote == 0 ? 0 : 1;
  return Between(attribute.value.data() - quotes, End(attribute.value) + quotes);
}

bool IsVariableName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), Variables::IsNameCharacter);
}

}  // namespace

PlaylistPass::PlaylistPass(const sdk::Call& call, const sdk::Manifest& manifest, sdk::LinkMinter& links,
                           const PassOptions& options)
    : call_(call),
      manifest_(manifest),
      links_(links),
      options_(options),
      resolver_(manifest.base_url),
      local_(resolver_.scheme() == "file"),
      has_cr_(manifest.text.find('\r') != std::string_view::npos),
      has_pipe_(manifest.text.find('|') != std::string_view::npos),
      has_variables_(manifest.text.find("{$") != std::string_view::npos),
      copied_(manifest.text.data()),
      variables_(options.max_line) {}

sdk::Result<std::string> PlaylistPass::Run(std::size_t body) {
  if (resolver_.scheme().empty())
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "base_url: want an absolute URL"};
  out_.reserve(manifest_.text.size() * 2);
  const char* const end = End(manifest_.text);
  for (const char* at = manifest_.text.data() + body; at < end;) {
    const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    const char* stop = newline == nullptr ? end : static_cast<const char*>(newline);
    ++line_;
    if (!Block(Between(at, stop))) return std::move(*fault_);
    at = stop + 1;
  }
  out_.append(copied_, end);
  ShowHeldBack();
  return std::move(out_);
}

/// What stands between two LF. A CR inside ends a line too: ffmpeg and hls.js read it so.
bool PlaylistPass::Block(std::string_view block) {
  if (block.size() > options_.max_line) return FailLine("longer than " + std::to_string(options_.max_line) + " octets");
  while (has_cr_) {
    const auto cr = block.find('\r');
    if (cr == std::string_view::npos) break;
    if (!Line(block.substr(0, cr))) return false;
    block.remove_prefix(cr + 1);
  }
  return Line(block);
}

bool PlaylistPass::Line(std::string_view line) {
  line = sdk::TrimControls(line);
  if (line.empty()) return true;
  return line.front() == '#' ? Tag(line) : UriLine(line);
}

bool PlaylistPass::Tag(std::string_view line) {
  constexpr std::string_view kPrefix = "#EXT-X-";
  if (line.starts_with("#EXTINF")) {
    next_uri_ = sdk::LinkKind::kSegment;
    return true;
  }
  if (!line.starts_with(kPrefix)) return true;
  line.remove_prefix(kPrefix.size());
  const auto colon = std::min(line.find(':'), line.size());
  const auto name = line.substr(0, colon);
  const auto* const rule =
      std::find_if(std::begin(kTagRules), std::end(kTagRules), [&](const TagRule& r) { return r.tag == name; });
  if (rule == std::end(kTagRules)) return true;
  multivariant_ = multivariant_ || rule->multivariant;
  const auto list = line.substr(std::min(colon + 1, line.size()));
  switch (rule->role) {
    case TagRole::kVariant:
      next_uri_ = rule->kind;
      return true;
    case TagRole::kDefine:
      return Define(list);
    case TagRole::kKey:
      if (FindAttribute(list, "METHOD") == "NONE") return true;
      break;
    case TagRole::kPlain:
    case TagRole::kPreloadHint:
      break;
  }
  const auto* const last = std::find_if(rule, std::end(kTagRules), [&](const TagRule& r) { return r.tag != name; });
  return TagLinks(rule, last, list);
}

bool PlaylistPass::TagLinks(const TagRule* rule, const TagRule* end, std::string_view list) {
  AttributeScanner scanner(list);
  for (Attribute attribute; scanner.Next(attribute);) {
    const auto* const own = std::find_if(rule, end, [&](const TagRule& r) { return r.attribute == attribute.name; });
    if (own == end) continue;
    const bool init = own->role == TagRole::kPreloadHint && FindAttribute(list, "TYPE") == "MAP";
    if (!Link(attribute.value, init ? sdk::LinkKind::kInit : own->kind, &attribute)) return false;
  }
  return true;
}

bool PlaylistPass::UriLine(std::string_view line) {
  const auto unnamed = multivariant_ ? sdk::LinkKind::kManifest : sdk::LinkKind::kSegment;
  const auto kind = next_uri_.value_or(unnamed);
  next_uri_.reset();
  const auto pipe = has_pipe_ ? line.find('|') : std::string_view::npos;
  if (pipe != std::string_view::npos && IsPipeOption(line.substr(pipe))) line = line.substr(0, pipe);
  return Link(line, kind);
}

bool PlaylistPass::Define(std::string_view list) {
  std::string_view name;
  std::optional<std::string_view> value;
  AttributeScanner scanner(list);
  for (Attribute attribute; scanner.Next(attribute);) {
    if (attribute.name == "QUERYPARAM") return DefineQueryParam(attribute);
    if (attribute.name == "IMPORT") return variables_.Import(attribute.value) || FailVariables();
    if (attribute.name == "NAME") name = attribute.value;
    if (attribute.name == "VALUE") value = attribute.value;
  }
  return !value || variables_.DefineExpanded(name, *value) || FailVariables();
}

/// The viewer's playlist URL has no such parameter, so the tag becomes NAME and VALUE (RFC 8216bis §4.4.2.3).
bool PlaylistPass::DefineQueryParam(const Attribute& attribute) {
  const auto name = attribute.value;
  if (!IsVariableName(name) || variables_.Knows(name)) return true;
  const auto base = manifest_.base_url.substr(0, manifest_.base_url.find('#'));
  const auto query = std::min(base.find('?'), base.size() - 1);
  const auto raw = sdk::QueryParam(base.substr(query + 1), name);
  if (!raw || raw->empty()) return true;
  auto decoded = sdk::PercentDecode(*raw);
  std::string value = decoded ? std::move(*decoded) : std::string(*raw);
  if (!variables_.Define(name, value)) return FailVariables();
  Replace(attribute.whole, "NAME=\"" + std::string(name) + "\",VALUE=\"", "\"");
  const bool quotable =
      std::none_of(value.begin(), value.end(), [](char c) { return c == '"' || static_cast<unsigned char>(c) < 0x20; });
  if (quotable) held_back_.push_back({.offset = out_.size() - 1, .name = std::string(name), .value = std::move(value)});
  return true;
}

/// A reference that is still in the output is one that the player has to expand.
void PlaylistPass::ShowHeldBack() {
  if (held_back_.empty()) return;
  std::map<std::string_view, HeldBack*> by_name;
  for (auto& held : held_back_) by_name.emplace(held.name, &held);
  std::string_view name;
  for (auto at = Variables::Find(out_, 0, name); at != std::string_view::npos; at = Variables::Find(out_, at + 1, name))
    if (const auto found = by_name.find(name); found != by_name.end()) found->second->used = true;
  std::string shown;
  std::size_t done = 0;
  for (const auto& held : held_back_) {
    if (!held.used) continue;
    shown.append(out_, done, held.offset - done).append(held.value);
    done = held.offset;
  }
  if (done != 0) out_ = std::move(shown.append(out_, done));
}

bool PlaylistPass::Link(std::string_view uri, sdk::LinkKind kind, const Attribute* attribute) {
  uri = sdk::TrimControls(uri);
  if (uri.empty()) return true;
  std::string_view reference;
  if (!Reference(uri, reference)) return false;
  if (reference.empty()) return true;
  resolver_.Resolve(reference, url_);
  if (!Fetchable(reference)) return true;
  if (++link_count_ % kLinksBetweenPolls == 0 && !Wanted()) return false;

  // Fragments are the player's business: they are never fetched with.
  const std::string_view url(url_);
  const auto hash = std::min(url.find('#'), url.size());
  std::string minted;
  if (Through(kind)) {
    minted = links_.Proxied(url.substr(0, hash), kind);
    if (minted.empty()) return Fail(sdk::Errc::kInternal, "the host minted no link");
  }
  const auto target = Through(kind) ? std::string_view(minted) : url.substr(0, hash);
  const auto fragment = url.substr(hash);
  if (attribute != nullptr && EndsValue(target, fragment, attribute->quote))
    Replace(WithQuotes(*attribute), "\"" + std::string(target), std::string(fragment) + "\"");
  else
    Replace(uri, target, fragment);
  if (out_.size() <= options_.max_output) return true;
  return FailLine("the rewritten playlist is longer than " + std::to_string(options_.max_output) + " octets");
}

/// \param reference  `uri` with its variables expanded; empty: to be left alone.
bool PlaylistPass::Reference(std::string_view uri, std::string_view& reference) {
  reference = uri;
  std::string_view name;
  if (!has_variables_ || Variables::Find(uri, 0, name) == std::string_view::npos) return true;
  if (HasForeignScheme(uri)) {
    reference = {};
    return true;
  }
  if (const auto fault = variables_.Expand(uri, expanded_); !fault.empty()) return FailLine(fault);
  expanded_bytes_ += expanded_.size();
  if (expanded_bytes_ > options_.max_output)
    return FailLine("variables expand to more than " + std::to_string(options_.max_output) + " octets");
  reference = expanded_;
  return true;
}

/// Whether `url_`, which `reference` resolved to, is something that a gateway may fetch for this playlist. A local file
/// is one only for a local playlist that names it relatively: nothing from the network may point into the disk.
bool PlaylistPass::Fetchable(std::string_view reference) const {
  const std::string_view url(url_);
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (host != 0) return url.size() > host && url[host] != '/' && url[host] != '?' && url[host] != '#';
  return local_ && url.starts_with("file:///") && !HasScheme(reference);
}

bool PlaylistPass::Through(sdk::LinkKind kind) const {
  if (options_.mode == Mode::kProxy || kind == sdk::LinkKind::kManifest || url_.starts_with("file:")) return true;
  return options_.mode == Mode::kKeys && kind == sdk::LinkKind::kKey;
}

void PlaylistPass::Replace(std::string_view old, std::string_view text, std::string_view tail) {
  out_.append(copied_, old.data()).append(text).append(tail);
  copied_ = End(old);
}

bool PlaylistPass::Wanted() {
  if (call_.cancelled()) return Fail(sdk::Errc::kCancelled, "the viewer is gone");
  if (call_.expired()) return Fail(sdk::Errc::kDeadlineExceeded, "the playlist is too long for the time left");
  return true;
}

bool PlaylistPass::Fail(sdk::Errc code, std::string message) {
  fault_ = sdk::Error{.code = code, .message = std::move(message)};
  return false;
}

bool PlaylistPass::FailVariables() {
  return FailLine("variables hold more than " + std::to_string(options_.max_line) + " octets");
}

bool PlaylistPass::FailLine(const std::string& message) {
  return Fail(sdk::Errc::kUpstreamFailed, "playlist line " + std::to_string(line_) + ": " + message);
}

}  // namespace sluice::plugins::hls
