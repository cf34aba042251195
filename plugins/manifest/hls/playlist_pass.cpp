// SPDX-License-Identifier: MIT
#include "playlist_pass.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <sluice/sdk/init_note.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "directives.hpp"
#include "lines.hpp"
#include "steering.hpp"

namespace sluice::plugins::hls {
namespace {

constexpr std::string_view kTagPrefix = "#EXT-X-";

/// "data:…", "skd:…": known before variables are looked at.
bool HasForeignScheme(std::string_view reference) {
  const auto scheme = SchemeOf(reference);
  return !scheme.empty() && !sdk::EqualsIgnoreCase(scheme, "http") && !sdk::EqualsIgnoreCase(scheme, "https");
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

std::string_view WithoutPipe(std::string_view uri) {
  const auto pipe = uri.find('|');
  return pipe != std::string_view::npos && IsPipeOption(uri.substr(pipe)) ? uri.substr(0, pipe) : uri;
}

/// Whether a key tag leads to the key itself, which is 16 octets then and nothing else (RFC 8216bis §4.4.4.4). Key
/// systems with a format of their own, and methods with longer keys, hand out what they like.
bool IsKeyFile(std::string_view list) {
  const auto format = FindAttribute(list, "KEYFORMAT");
  const auto method = FindAttribute(list, "METHOD");
  return (format.empty() || format == "identity") &&
         (method == "AES-128" || method == "SAMPLE-AES" || method == "SAMPLE-AES-CTR");
}

std::chrono::seconds DurationIn(std::string_view text) {
  text = sdk::TrimControls(text);
  unsigned seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(parsed.ec == std::errc() ? seconds : 0);
}

struct TagParts {
  std::string_view name;  ///< After the prefix.
  std::string_view list;  ///< Of attributes.
};

/// \param line  begins with the prefix.
TagParts SplitTag(std::string_view line) {
  line.remove_prefix(kTagPrefix.size());
  const auto colon = std::min(line.find(':'), line.size());
  return {line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))};
}

}  // namespace

PlaylistPass::PlaylistPass(const sdk::Call& call, const sdk::Manifest& manifest, const Note& from,
                           sdk::LinkMinter& links, sdk::SecretsService& secrets, const PassOptions& options)
    : call_(call),
      manifest_(manifest),
      links_(links),
      secrets_(secrets),
      options_(options),
      from_(from),
      linker_(manifest, links, options.links),
      definitions_(manifest.base_url, from, options.max_line),
      copied_(manifest.text.data()),
      part_note_(options.links.mode == Mode::kProxy ? Note{.to = Note::To::kPart}.Pack() : std::string()),
      report_note_(from.Pack()) {}

sdk::Result<std::string> PlaylistPass::Run(std::size_t body) {
  if (!linker_.usable())
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "base_url: want an absolute URL"};
  out_.reserve(manifest_.text.size() * 2);
  LineScanner lines(manifest_.text.substr(body));
  for (std::string_view line; lines.Next(line);) {
    if (line.size() <= options_.max_line && line.starts_with("#EXTINF")) {  // half of most playlists
      next_uri_ = sdk::LinkKind::kSegment;
      continue;
    }
    line_ = lines.number();
    if (!Line(line)) return std::move(*fault_);
  }
  out_.append(copied_, End(manifest_.text));
  ShowHeldBack();
  return std::move(out_);
}

bool PlaylistPass::Line(std::string_view line) {
  if (line.size() > options_.max_line) return FailLine("longer than " + std::to_string(options_.max_line) + " octets");
  line = sdk::TrimControls(line);
  if (line.empty()) return true;
  if (line.front() != '#') return UriLine(line);
  if (!line.starts_with("#EXTINF")) return Tag(line);
  next_uri_ = sdk::LinkKind::kSegment;
  return true;
}

bool PlaylistPass::Tag(std::string_view line) {
  if (!line.starts_with(kTagPrefix)) return true;
  const auto tag = SplitTag(line);
  const auto rules = RulesOf(tag.name);
  if (rules.empty()) {
    if (tag.name == "TARGETDURATION") target_duration_ = DurationIn(tag.list);
    return true;
  }
  const auto& rule = rules.front();
  if (rule.multivariant && !multivariant_ && !LookAhead()) return false;
  if (rule.role == TagRole::kVariant) {
    next_uri_ = rule.kind;
    return true;
  }
  if (rule.role == TagRole::kDefine) return Define(tag.list);
  if (rule.role == TagRole::kKey && FindAttribute(tag.list, "METHOD") == "NONE") return true;
  if (options_.decrypted) {
    if (rule.role == TagRole::kKey && FindAttribute(tag.list, "METHOD").starts_with("SAMPLE-AES")) {
      CopyUpTo(line);
      copied_ = End(line);
      return true;
    }
    if (tag.name == "MAP" && !NoteInit(tag.list)) return false;
  }
  AttributeScanner attribute(tag.list);
  while (attribute.Next()) {
    for (const auto& own : rules)
      if (attribute.Is(own.attribute) && !TagLink(own, tag.list, attribute)) return false;
  }
  return true;
}

bool PlaylistPass::TagLink(const TagRule& rule, std::string_view list, const AttributeScanner& attribute) {
  if (attribute.value().empty()) return true;
  if (attribute.open() && End(attribute.value()) == End(manifest_.text))
    return FailLine("the playlist is cut off within a quoted value");
  switch (rule.role) {
    case TagRole::kPreloadHint:
      return FindAttribute(list, "TYPE") == "MAP" ? LinkAttribute(attribute, {.kind = sdk::LinkKind::kInit})
                                                  : LinkAttribute(attribute, {rule.kind, NoteOfPart()});
    case TagRole::kPart:
      return LinkAttribute(attribute, {rule.kind, NoteOfPart()});
    case TagRole::kRendition:
      return LinkAttribute(attribute, {rule.kind, given_packed_});
    case TagRole::kRenditionReport:
      return LinkAttribute(attribute, {rule.kind, report_note_});
    case TagRole::kAssetList:
      return LinkAttribute(attribute, {rule.kind, Note{.to = Note::To::kAssets}.Pack()});
    case TagRole::kSteering:
      return Steering(attribute);
    case TagRole::kKey:
      if (!IsKeyFile(list)) return LinkAttribute(attribute, {.kind = sdk::LinkKind::kData, .licence = true});
      break;
    case TagRole::kPlain:
    case TagRole::kVariant:
    case TagRole::kDefine:
      break;
  }
  return LinkAttribute(attribute, {.kind = rule.kind});
}

bool PlaylistPass::UriLine(std::string_view line) {
  const auto unnamed = multivariant_ ? sdk::LinkKind::kManifest : sdk::LinkKind::kSegment;
  const auto kind = next_uri_.value_or(unnamed);
  next_uri_.reset();
  if (kind == sdk::LinkKind::kManifest) return Link(WithoutPipe(line), {kind, given_packed_});
  if (!init_note_.empty()) return Link(WithoutPipe(line), {kind, init_note_});
  CopyUpTo(line);
  const auto fate = linker_.LinkPlain(line, kind, out_);
  return fate == Linker::Fate::kNotPlain ? Link(WithoutPipe(line), {.kind = kind}) : Linked(fate, line);
}

bool PlaylistPass::Define(std::string_view list) {
  std::optional<Definition> definition;
  if (!definitions_.Read(list, definition)) return FailVariables();
  if (!definition) return true;
  auto& [attribute, name, value] = *definition;
  CopyUpTo(attribute);
  copied_ = End(attribute);
  out_.append("NAME=\"").append(name).append("\",VALUE=\"\"");
  const bool quotable =
      std::none_of(value.begin(), value.end(), [](char c) { return c == '"' || static_cast<unsigned char>(c) < 0x20; });
  if (quotable) held_back_.push_back({.offset = out_.size() - 1, .name = std::string(name), .value = std::move(value)});
  return true;
}

/// Of the segments that follow. A range of the init section is "<length>@<offset>"; without an offset it is 0.
bool PlaylistPass::NoteInit(std::string_view list) {
  std::string_view reference;
  if (!Reference(sdk::TrimControls(FindAttribute(list, "URI")), reference)) return false;
  sdk::InitNote note{.url = linker_.Resolved(reference)};
  const auto range = FindAttribute(list, "BYTERANGE");
  const auto length = std::from_chars(range.data(), range.data() + range.size(), note.length);
  if (length.ptr != range.data() + range.size() && *length.ptr == '@') {
    std::from_chars(length.ptr + 1, range.data() + range.size(), note.offset);
  }
  init_note_ = reference.empty() || note.url.empty() ? std::string() : note.Pack();
  return true;
}

/// What links to renditions carry may be said behind them. Once, at the first tag of a multivariant playlist.
bool PlaylistPass::LookAhead() {
  multivariant_ = true;
  Definitions definitions(manifest_.base_url, from_, options_.max_line);
  bool steered = false;
  LineScanner lines(manifest_.text);
  for (std::string_view line; lines.Next(line);) {
    line = sdk::TrimControls(line);
    if (!line.starts_with(kTagPrefix)) continue;
    const auto tag = SplitTag(line);
    std::optional<Definition> unused;
    if (tag.name == "DEFINE" && !definitions.Read(tag.list, unused)) return FailVariables();
    steered = steered || tag.name == "CONTENT-STEERING";
  }
  given_.variables = definitions.variables().List();
  if (steered) given_.scope = secrets_.Fingerprint(WithoutDirectives(manifest_.base_url));
  given_packed_ = given_.Pack();
  return true;
}

/// The steering manifest may stand in the playlist itself, as a data: URL.
bool PlaylistPass::Steering(const AttributeScanner& attribute) {
  Note note = given_;
  note.to = Note::To::kSteering;
  const auto packed = note.Pack();
  const auto uri = sdk::TrimControls(attribute.value());
  if (!IsDataUrl(uri) || attribute.quote() != '"' || attribute.open())
    return LinkAttribute(attribute, {sdk::LinkKind::kData, packed});
  auto rewritten = RewriteDataSteering(uri, manifest_.base_url, packed, links_, secrets_, options_.links);
  if (!rewritten)
    return Fail(rewritten.error().code, "playlist line " + std::to_string(line_) + ": " + rewritten.error().message);
  CopyUpTo(uri);
  copied_ = End(uri);
  out_.append(*rewritten);
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

bool PlaylistPass::Link(std::string_view uri, const LinkUse& use) {
  uri = sdk::TrimControls(uri);
  if (uri.empty()) return true;
  std::string_view reference;
  if (!Reference(uri, reference)) return false;
  if (reference.empty()) return true;
  CopyUpTo(uri);
  return Linked(linker_.Link(reference, use, out_), uri);
}

bool PlaylistPass::LinkAttribute(const AttributeScanner& attribute, const LinkUse& use) {
  if (attribute.quote() != '"') return LinkUnquoted(attribute, use);
  if (!use.note.empty() || use.licence) return Link(attribute.value(), use);
  CopyUpTo(attribute.value());
  const auto fate = linker_.LinkPlain(attribute.value(), use.kind, out_);
  return fate == Linker::Fate::kNotPlain ? Link(attribute.value(), use) : Linked(fate, attribute.value());
}

/// A value that stands bare or between apostrophes may have to be quoted: the base may hold what the reference did not.
bool PlaylistPass::LinkUnquoted(const AttributeScanner& attribute, const LinkUse& use) {
  CopyUpTo(attribute.value());
  const auto value = out_.size();
  if (!Link(attribute.value(), use)) return false;
  const bool linked = copied_ != attribute.value().data();
  if (!linked || out_.find(attribute.quote() == 0 ? ',' : attribute.quote(), value) == std::string::npos) return true;
  const std::size_t quote = attribute.quote() == 0 ? 0 : 1;
  out_.replace(value - quote, quote, "\"").append(copied_, End(attribute.value())).append("\"");
  copied_ = End(attribute.value()) + quote;
  return true;
}

bool PlaylistPass::Unlinked(Linker::Fate fate) {
  if (fate == Linker::Fate::kInsecure) return FailLine(std::string(kInsecureReference));
  return fate == Linker::Fate::kStays || Fail(sdk::Errc::kInternal, "the host minted no link");
}

/// \param reference  `uri` with its variables expanded; empty: to be left alone.
bool PlaylistPass::Reference(std::string_view uri, std::string_view& reference) {
  reference = uri;
  std::string_view name;
  if (Variables::Find(uri, 0, name) == std::string_view::npos) return true;
  if (HasForeignScheme(uri)) {
    reference = {};
    return true;
  }
  if (const auto fault = definitions_.variables().Expand(uri, expanded_); !fault.empty()) return FailLine(fault);
  expanded_bytes_ += expanded_.size();
  if (expanded_bytes_ > options_.max_output)
    return FailLine("variables expand to more than " + std::to_string(options_.max_output) + " octets");
  reference = expanded_;
  return true;
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

bool PlaylistPass::FailOutput() {
  return FailLine("the rewritten playlist is longer than " + std::to_string(options_.max_output) + " octets");
}

bool PlaylistPass::FailVariables() {
  return FailLine("variables hold more than " + std::to_string(options_.max_line) + " octets");
}

bool PlaylistPass::FailLine(const std::string& message) {
  return Fail(sdk::Errc::kUpstreamFailed, "playlist line " + std::to_string(line_) + ": " + message);
}

}  // namespace sluice::plugins::hls
